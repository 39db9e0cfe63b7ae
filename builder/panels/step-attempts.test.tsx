import { screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { decideAttempt, openAttempt } from "../../shared/run/attempt-view.ts";
import { emptyStep, type StepView } from "../../shared/run/run-view.ts";
import { fakeServer } from "../testing/fake-server.ts";
import { renderPart } from "../testing/render-app.tsx";
import { formatExact } from "../ui/format-time.ts";
import { StepAttempts } from "./step-attempts.tsx";

/** A step of which so many attempts were begun, and none came to anything. */
function begun(count: number, more: Partial<StepView>): StepView {
  const step = emptyStep("pay", []);
  for (let attempt = 1; attempt <= count; attempt += 1)
    openAttempt(step, {
      kind: "attempt-started",
      node: "pay",
      number: attempt,
      at: 1,
      attempt,
      group: 1,
      effect: "unsafe",
      idempotencyKey: "run_1/pay/1",
    });
  return { ...step, ...more };
}

function shown(step: StepView, people: Record<string, string | null> = {}): string[] {
  fakeServer({
    "GET /runs/run_1": { people },
    "GET /runs/run_1/entries/1": { entry: {}, values: {} },
    "GET /runs/run_1/entries/2": { entry: {}, values: {} },
  });
  renderPart(<StepAttempts run="run_1" step={step} />);
  const list = within(screen.getByRole("list", { name: "Attempts" }));
  return list.getAllByRole("button", { name: /^Attempt / }).map(({ textContent }) => textContent);
}

test("only the last attempt of a step that runs is under way", () => {
  const [last, first] = shown(begun(2, { status: "running" }));
  expect(last).toContain("Attempt 2Under way");
  expect(first).toBe("Attempt 1Cut off");
});

test("an attempt whose outcome a person must tell is not under way any more", () => {
  expect(shown(begun(1, { status: "waiting", reason: "outcome-unknown" }))).toEqual(["Attempt 1Cut off"]);
  expect(screen.getByText("The process ended before an answer was recorded.")).toBeVisible();
});

test.each([
  ["Ben", "by Ben"],
  [null, "by somebody who has left"],
])("says who decided about an attempt, whose name is %s, and when", async (name, words) => {
  const step = begun(1, { status: "succeeded" });
  const at = Date.UTC(2026, 2, 5, 12);
  decideAttempt(step, { kind: "outcome-decided", node: "pay", number: 3, at, decision: "done", by: "usr_2" });
  shown(step, { usr_2: name });
  const decided = (await screen.findByText(new RegExp(words))).closest("dd");
  expect(decided).toHaveTextContent(`It went through, ${words}, ${formatExact(at)}`);
});
