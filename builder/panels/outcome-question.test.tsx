import { screen } from "@testing-library/react";
import { expect, test } from "vitest";
import type { HttpNode } from "../../shared/flow/http-node.ts";
import type { StepView } from "../../shared/run/run-view.ts";
import { fakeServer } from "../testing/fake-server.ts";
import { renderPart } from "../testing/render-app.tsx";
import { OutcomeQuestion } from "./outcome-question.tsx";

const step = { node: "pay", iteration: [], attempts: [] } as unknown as StepView;
const pay = {
  id: "pay",
  name: "Pay",
  kind: "http",
  method: "POST",
  url: "https://bank.example/pay",
} as HttpNode;

test.each([
  [undefined, "it carries no idempotency key, so what was performed is performed twice"],
  ["Idempotency-Key", "repeats the same request with the same Idempotency-Key"],
])("says whether the other side can tell a repeated request: its header is %s", (idempotencyHeader, words) => {
  fakeServer({});
  renderPart(<OutcomeQuestion run="run_1" node={{ ...pay, ...(idempotencyHeader && { idempotencyHeader }) }} step={step} />);
  expect(screen.getByRole("region", { name: "Outcome unknown" })).toHaveTextContent(words);
});

test("says who has decided, before that is acted upon", async () => {
  fakeServer({ "GET /runs/run_1": { people: { usr_2: "Ben" } } });
  const attempts = [{ requestEntry: 1, decided: { decision: "done", by: "usr_2", at: 1 } }];
  const decided = { ...step, decision: "done", attempts } as unknown as StepView;
  renderPart(<OutcomeQuestion run="run_1" node={pay} step={decided} />);
  expect(await screen.findByText(/by Ben/)).toHaveTextContent("Decided by Ben: the step counts as done.");
});
