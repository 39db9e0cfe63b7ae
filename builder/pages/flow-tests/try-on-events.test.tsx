import { screen, within } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { ReplayedRun, StepDifference } from "../../../shared/flow/replay.ts";
import { fakeEventSource } from "../../testing/fake-event-source.ts";
import { Refused } from "../../testing/fake-server.ts";
import { openEditor, plainFlow, violations } from "../../testing/open-editor.tsx";
import { startedAt } from "../../testing/sample-run.ts";

vi.setConfig({ testTimeout: 20_000 });
beforeEach(() => {
  fakeEventSource();
});
afterEach(() => vi.unstubAllGlobals());

const run = (id: string, more: Partial<ReplayedRun> = {}): ReplayedRun => ({
  ...{
    run: id,
    createdAt: startedAt,
    before: "succeeded",
    after: "succeeded",
    why: null,
    same: 3,
    differences: [],
    different: 0,
  },
  ...more,
});
const difference = (step: string, more: Partial<StepDifference>): StepDifference => ({
  ...{ step, node: step, change: "output", before: "succeeded", after: "succeeded", error: null, request: null, changes: null },
  ...more,
});

async function tryIt(answer: unknown) {
  const opened = await openEditor(plainFlow, { more: { "POST /flows/flw_1/replay-preview": answer } });
  await opened.user.click(screen.getByRole("button", { name: "Publish" }));
  const dialog = await screen.findByRole("dialog", { name: /Publish/ });
  await opened.user.selectOptions(await within(dialog).findByLabelText("How many events"), "25");
  await opened.user.click(within(dialog).getByRole("button", { name: "Try it on the last 25 events" }));
  return { ...opened, dialog };
}

it("reports first what would go otherwise, step by step, and leads to the step", async () => {
  const { user, server, dialog, selected } = await tryIt({
    runs: [
      run("run_same"),
      run("run_unknown", { after: null, why: "its journal is gone" }),
      run("run_other", {
        after: "failed",
        different: 4,
        differences: [
          difference("shape", { changes: { places: [{ path: "to", before: '"a"', after: '"b"' }], more: 0 } }),
          difference("new", { change: "new-call", before: null, after: null, request: "POST https://crm.example/c" }),
          difference("answer", { change: "ending", after: "failed", error: "no body" }),
        ],
      }),
    ],
  });
  expect(await within(dialog).findByText("1 of 3 goes as before, 1 would go otherwise, 1 could not be replayed.")).toBeVisible();
  expect(server.callsTo("POST /flows/flw_1/replay-preview").map(({ body }) => body)).toEqual([{ revision: 3, last: 25 }]);
  const rows = within(dialog).getAllByTestId("replayed-run");
  expect(rows.map((row) => row.dataset.outcome)).toEqual(["otherwise", "unknown", "same"]);
  const [first] = rows as [HTMLElement];
  expect(within(first).getByRole("link")).toHaveAttribute("href", "/runs/run_other");
  expect(within(first).getByRole("row", { name: 'to "a" "b"' })).toBeInTheDocument();
  expect(first).toHaveTextContent("would make a call whose answer nobody knows. Nothing was sent.POST https://crm.example/c");
  expect(first).toHaveTextContent("succeeded before, failed now: no body");
  expect(first).toHaveTextContent("And 1 more step.");
  expect(await violations()).toEqual([]);
  await user.click(within(first).getByRole("button", { name: "Shape" }));
  expect(screen.queryByRole("dialog")).toBeNull();
  expect(selected()).toEqual(["shape"]);
});

it("says that nothing has ended yet, and why it could not be tried", async () => {
  const { user, server, dialog } = await tryIt({ runs: [] });
  expect(await within(dialog).findByText("There are no ended runs of the published version yet.")).toBeInTheDocument();
  server.answers["POST /flows/flw_1/replay-preview"] = new Refused(429, "rate_limited", "others are at it");
  await user.click(within(dialog).getByRole("button", { name: "Try it on the last 25 events" }));
  expect(await within(dialog).findByRole("alert")).toHaveTextContent(
    "The draft was not tried. The server refused: others are at it.",
  );
  expect(within(dialog).getByRole("button", { name: "Publish version 4" })).toBeInTheDocument();
});
