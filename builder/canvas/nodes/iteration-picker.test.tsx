import { render, screen } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { beforeEach, expect, it } from "vitest";
import type { Flow } from "../../../shared/flow/flow.ts";
import { foldJournal } from "../../../shared/run/run-view.ts";
import { useCanvasSession } from "../../stores/canvas-session.ts";
import { nothing } from "../../stores/selection.ts";
import { journal } from "../../testing/sample-run.ts";
import { toCanvas } from "../to-canvas.ts";
import { IterationPicker } from "./iteration-picker.tsx";

const at = { position: { x: 0, y: 0 } };
const flow: Flow = {
  schemaVersion: 1,
  nodes: [
    { id: "loop", name: "Loop", kind: "for-each", items: [], concurrency: 1, onItemError: "continue", ...at },
    { id: "inner", name: "Inner", kind: "for-each", items: [], concurrency: 1, onItemError: "stop", parent: "loop", ...at },
    { id: "step", name: "Step", kind: "delay", delayMs: 1, parent: "inner", ...at },
  ],
  edges: [],
};
const error = { code: "invalid_input", message: "no" };
const view = foldJournal(
  journal(
    [0, { kind: "run-started", trigger: "start" }],
    [1, { kind: "container-started", node: "loop", count: 5 }],
    [2, { kind: "container-started", node: "inner", iteration: [0], count: 2 }],
    [3, { kind: "step-succeeded", node: "step", iteration: [0, 1], startedAt: 1, ports: ["out"] }],
    [4, { kind: "container-started", node: "inner", iteration: [3], count: 2 }],
    [5, { kind: "step-failed", node: "step", iteration: [3, 0], startedAt: 1, error }],
    [6, { kind: "iteration-finished", node: "inner", iteration: [3, 0], status: "failed", error }],
    [7, { kind: "iteration-finished", node: "loop", iteration: [0], status: "succeeded" }],
    [8, { kind: "iteration-finished", node: "loop", iteration: [1], status: "failed", error }],
    [9, { kind: "iteration-finished", node: "loop", iteration: [3], status: "failed", error }],
  ),
);

function Frames() {
  const iterations = useCanvasSession((state) => state.iterations);
  const { nodes } = toCanvas({
    document: flow,
    labels: { connectors: [], connections: {} },
    view,
    selection: nothing,
    iterations,
  });
  return nodes.map(({ id, data }) => (
    <div key={id} data-testid={id} data-status={data.status}>
      {data.frame?.progress && <IterationPicker name={data.name} progress={data.frame.progress} />}
    </div>
  ));
}

beforeEach(() => useCanvasSession.getState().forgetIterations());
const number = (name: string) => screen.getByRole("textbox", { name: `Iteration of ${name}` });
const click = (name: string) => userEvent.click(screen.getByRole("button", { name }));

it("begins where it failed, and goes to the next failure, round and round", async () => {
  render(<Frames />);
  expect(screen.getByText("3 of 5, 2 failed")).toBeVisible();
  expect(number("Loop")).toHaveValue("2");
  await click("Next failed");
  expect(number("Loop")).toHaveValue("4");
  expect(screen.getByTestId("step")).toHaveAttribute("data-status", "failed");
});

it("decides which steps the inside shows, by one iteration or by its number", async () => {
  render(<Frames />);
  await userEvent.clear(number("Loop"));
  await userEvent.type(number("Loop"), "1{Enter}");
  expect(screen.getByTestId("step")).toHaveAttribute("data-status", "idle");
  await click("Iteration after, of Inner");
  expect(screen.getByTestId("step")).toHaveAttribute("data-status", "succeeded");
  expect(screen.getByRole("button", { name: "Iteration after, of Inner" })).toBeDisabled();
  await userEvent.clear(number("Loop"));
  await userEvent.type(number("Loop"), "99{Enter}");
  expect(number("Loop")).toHaveValue("5");
  await userEvent.clear(number("Loop"));
  await userEvent.type(number("Loop"), "x{Enter}");
  expect(number("Loop")).toHaveValue("5");
});
