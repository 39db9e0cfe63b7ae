import { screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import type { AttemptView } from "../../shared/run/attempt-view.ts";
import { emptyStep, type StepView } from "../../shared/run/run-view.ts";
import { fakeServer } from "../testing/fake-server.ts";
import { renderPart } from "../testing/render-app.tsx";
import { StepAttempts } from "./step-attempts.tsx";

function attempt(number: number, more: Partial<AttemptView> = {}): AttemptView {
  return {
    attempt: number,
    group: 1,
    effect: "unsafe",
    idempotencyKey: "run_1/pay/1",
    status: "running",
    startedAt: 1,
    finishedAt: null,
    requestEntry: number,
    responseEntry: null,
    httpStatus: null,
    outcome: null,
    message: null,
    retryAt: null,
    nextGroup: false,
    ...more,
  };
}

function shown(step: Partial<StepView>): string[] {
  fakeServer({ "GET /runs/run_1/entries/1": { entry: {}, values: {} }, "GET /runs/run_1/entries/2": { entry: {}, values: {} } });
  renderPart(<StepAttempts run="run_1" step={{ ...emptyStep("pay", []), ...step }} />);
  const list = within(screen.getByRole("list", { name: "Attempts" }));
  return list.getAllByRole("button", { name: /^Attempt / }).map(({ textContent }) => textContent);
}

test("only the last attempt of a step that runs is under way", () => {
  const [last, first] = shown({ status: "running", attempts: [attempt(1), attempt(2)] });
  expect(last).toContain("Attempt 2Under way");
  expect(first).toBe("Attempt 1Cut off");
});

test("an attempt whose outcome a person must tell is not under way any more", () => {
  expect(shown({ status: "waiting", reason: "outcome-unknown", attempts: [attempt(1)] })).toEqual(["Attempt 1Cut off"]);
  expect(screen.getByText("The process ended before an answer was recorded.")).toBeVisible();
});
