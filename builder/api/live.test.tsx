import { QueryClient } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { foldJournal } from "../../shared/run/run-view.ts";
import { fakeEventSource } from "../testing/fake-event-source.ts";
import { journals } from "../testing/sample-run.ts";
import { followRun } from "./live-run.ts";
import { openStream } from "./live-stream.ts";
import { followWorkspace } from "./live-workspace.ts";

let streams: ReturnType<typeof fakeEventSource>;
let hidden = false;

beforeEach(() => {
  vi.useFakeTimers();
  streams = fakeEventSource();
  hidden = false;
  vi.spyOn(document, "hidden", "get").mockImplementation(() => hidden);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

function hide(value: boolean): void {
  hidden = value;
  document.dispatchEvent(new Event("visibilitychange"));
}

function open() {
  const states: string[] = [];
  const close = openStream({ url: () => "/api/v1/live/x", on: {}, onConnection: (state) => states.push(state) });
  onTestFinished(close);
  return { states, close };
}

test("reconnects after a break, waiting longer each time, and says so", () => {
  const { states } = open();
  streams("/live/x")[0]?.open();
  streams("/live/x")[0]?.break();
  expect(streams("/live/x")).toHaveLength(0);
  vi.advanceTimersByTime(500);
  expect(streams("/live/x")).toHaveLength(1);
  streams("/live/x")[0]?.break();
  vi.advanceTimersByTime(999);
  expect(streams("/live/x")).toHaveLength(0);
  vi.advanceTimersByTime(1);
  streams("/live/x")[0]?.break();
  expect(states).toEqual(["connecting", "live", "reconnecting", "reconnecting", "offline"]);
  vi.advanceTimersByTime(2_000);
  streams("/live/x")[0]?.open();
  expect(states.at(-1)).toBe("live");
});

test("closes while the tab is hidden and opens again when it is seen", () => {
  const { states, close } = open();
  hide(true);
  expect(streams("/live/x")).toHaveLength(0);
  vi.advanceTimersByTime(60_000);
  expect(streams("/live/x")).toHaveLength(0);
  hide(false);
  expect(streams("/live/x")).toHaveLength(1);
  close();
  hide(true);
  hide(false);
  expect(streams("/live/x")).toHaveLength(0);
  expect(states).toEqual(["connecting", "paused", "connecting"]);
});

function follow(entries = journals.succeeded.slice(0, 3)) {
  let view = foldJournal(entries);
  let turns = 0;
  const close = followRun({
    run: "run_1",
    after: () => view.length,
    onEntries(more) {
      turns += 1;
      view = foldJournal(more, view);
    },
    onConnection: () => {},
  });
  onTestFinished(close);
  return { close, view: () => view, turns: () => turns };
}

test("goes on after the last entry and hands those of one frame over together", () => {
  const run = follow();
  const [stream] = streams("/live/runs/run_1");
  expect(stream?.url).toContain("after=3");
  for (const entry of journals.succeeded.slice(3, 6)) stream?.send("entry", entry);
  expect(run.view().length).toBe(3);
  vi.advanceTimersByTime(16);
  expect([run.view().length, run.turns()]).toEqual([6, 1]);
});

test("asks after a break only for what it has not heard, also when that is not folded yet", () => {
  follow();
  const [stream] = streams("/live/runs/run_1");
  stream?.send("entry", journals.succeeded[3]);
  stream?.break();
  vi.advanceTimersByTime(500);
  expect(streams("/live/runs/run_1")[0]?.url).toContain("after=4");
});

test("ends with the run, and still folds its last entries", () => {
  const run = follow();
  const [stream] = streams("/live/runs/run_1");
  for (const entry of journals.succeeded.slice(3)) stream?.send("entry", entry);
  expect(stream?.closed).toBe(true);
  vi.advanceTimersByTime(16);
  expect(run.view().status).toBe("succeeded");
});

test("refetches lists once for a burst of hints, and all of them at each connect", () => {
  const client = new QueryClient();
  const stale = vi.spyOn(client, "invalidateQueries").mockResolvedValue();
  const fetched = () => stale.mock.calls.map(([filter]) => filter?.queryKey?.[0]);
  onTestFinished(followWorkspace(client, () => {}));
  const [stream] = streams("/live/workspace");
  stream?.open();
  vi.advanceTimersByTime(500);
  expect(fetched()).toEqual(["overview", "runs", "flows", "events", "refusals"]);
  stale.mockClear();
  for (let hint = 0; hint < 50; hint++) stream?.send("hint", { run: "run_1", flow: "flw_1", status: "running" });
  expect(fetched()).toEqual([]);
  vi.advanceTimersByTime(500);
  expect(fetched()).toEqual(["overview", "runs", "flows", "events"]);
  stale.mockClear();
  stream?.send("refusal", {});
  vi.advanceTimersByTime(500);
  expect(fetched()).toEqual(["overview", "refusals"]);
});
