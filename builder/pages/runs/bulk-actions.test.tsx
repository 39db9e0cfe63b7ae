import { cleanup, render, screen, waitFor, within } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { BulkRepeats } from "../../../shared/api/rerun.ts";
import { fakeEventSource } from "../../testing/fake-event-source.ts";
import { fakeServer } from "../../testing/fake-server.ts";
import { violations } from "../../testing/open-editor.tsx";
import { renderApp } from "../../testing/render-app.tsx";
import { runSummary, session } from "../../testing/sample-run.ts";
import Toaster from "../../ui/toaster.tsx";

beforeEach(() => {
  fakeEventSource();
});
afterEach(() => vi.unstubAllGlobals());

async function openRuns(done: unknown) {
  const server = fakeServer({
    "GET /session": session,
    "GET /flows": { flows: [] },
    "GET /runs": {
      runs: [
        runSummary("waiting", { id: "run_waiting_1" }),
        runSummary("failed", { id: "run_failed_01" }),
        runSummary("failed", { id: "run_failed_02" }),
      ],
      next: null,
    },
    "POST /runs/bulk": done,
  });
  const { router } = renderApp("/runs");
  await screen.findAllByTestId("run-row");
  return { server, router, user: userEvent.setup() };
}
const box = (run: string) => screen.getByRole("checkbox", { name: `Choose Inbound lead ${run.slice(-8)}` });

test("what is chosen is run again, after it was asked, and the report says what was not", async () => {
  render(<Toaster />);
  const { server, router, user } = await openRuns({
    ...{ found: 2, again: 1, repeats: null, taken: 1, refused: 1 },
    reasons: [{ reason: "the flow is gone", count: 1 }],
  });
  await user.click(box("run_failed_01"));
  screen.getByRole("link", { name: /iled_02/ }).focus();
  await user.keyboard(" ");
  expect(screen.getByText("2 chosen")).toBeInTheDocument();
  expect(router.state.location.pathname).toBe("/runs");
  expect(screen.queryByRole("button", { name: "Cancel…" })).toBeNull();
  expect(await violations()).toEqual([]);
  await user.click(screen.getByRole("button", { name: "Run again…" }));
  const question = await screen.findByRole("alertdialog", { name: "Run 2 runs again?" });
  expect(question).toHaveTextContent("2 runs begin again from what failed");
  expect(question).toHaveTextContent("1 of them was run again already.");
  await user.click(within(question).getByRole("button", { name: "Run again" }));
  expect(await screen.findByText("Not done for 1: the flow is gone")).toBeInTheDocument();
  expect(server.callsTo("POST /runs/bulk").at(-1)?.body).toEqual({
    ...{ action: "rerun", from: "failed" },
    filter: { runs: ["run_failed_01", "run_failed_02"] },
  });
  await waitFor(() => expect(box("run_failed_01")).not.toBeChecked());
});

test("the box of the header chooses all that are shown; only those that go on are canceled", async () => {
  const { server, user } = await openRuns({ found: 1, again: 0, repeats: null, taken: 1, refused: 0, reasons: [] });
  await user.click(screen.getByRole("checkbox", { name: "Choose all that are shown" }));
  expect(screen.getByText("3 chosen")).toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Cancel…" }));
  const question = await screen.findByRole("alertdialog", { name: "Cancel 1 run?" });
  await user.click(within(question).getByRole("button", { name: "Cancel runs" }));
  await waitFor(() => expect(server.callsTo("POST /runs/bulk")).toHaveLength(2));
  expect(server.callsTo("POST /runs/bulk").at(-1)?.body).toMatchObject({
    action: "cancel",
    filter: { runs: ["run_waiting_1"] },
  });
});

test("says that all were run again already, and starts nothing", async () => {
  const { server, user } = await openRuns({ found: 0, again: 2, repeats: null, taken: 0, refused: 0, reasons: [] });
  await user.click(screen.getByRole("radio", { name: "Failed" }));
  await user.click(await screen.findByRole("button", { name: "Run these again…" }));
  const question = await screen.findByRole("alertdialog", { name: "Run 0 runs again?" });
  expect(question).toHaveTextContent("All of them were run again already.");
  await user.click(within(question).getByRole("button", { name: "Run again" }));
  expect(server.callsTo("POST /runs/bulk").map(({ body }) => (body as { dryRun?: boolean }).dryRun)).toEqual([true]);
});

describe("running many again says what it repeats", () => {
  async function ask(found: number, repeats: BulkRepeats) {
    const { user } = await openRuns({ found, again: 0, repeats, taken: 0, refused: 0, reasons: [] });
    await user.click(box("run_failed_01"));
    await user.click(screen.getByRole("button", { name: "Run again…" }));
    return screen.findByRole("alertdialog", { name: new RegExp(`^Run ${found} runs? again`) });
  }
  const none = { calls: 0, unsafe: 0, unsafeRuns: 0, flows: 0 };

  test("and which of it may act twice", async () => {
    const question = await ask(2, { lookedAt: 2, calls: 7, unsafe: 3, unsafeRuns: 2, flows: 1 });
    expect(question).toHaveTextContent("7 calls would be made again.");
    expect(question).not.toHaveTextContent("Of the newest");
    expect(within(question).getByText("3 of them may act twice, in 2 runs.")).toHaveClass("text-waiting-text");
    expect(question).toHaveTextContent("1 other flow would be started again");
    expect(await violations()).toEqual([]);
  });

  test("of so many, where there are more than it looked at", async () => {
    const question = await ask(900, { ...none, lookedAt: 300, calls: 1, unsafe: 1, unsafeRuns: 1 });
    expect(question).toHaveTextContent("Of the newest 300, 1 call would be made again.It may act twice.");
  });

  test("and where no call is, or none could be looked at, that", async () => {
    expect(await ask(1, { ...none, lookedAt: 1 })).toHaveTextContent("no call that was made is made again.");
    cleanup();
    expect(await ask(1, { ...none, lookedAt: 0 })).toHaveTextContent("too long to count beforehand");
  });
});
