import { screen, waitFor, within } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Flow } from "../../../shared/flow/flow.ts";
import { fakeEventSource } from "../../testing/fake-event-source.ts";
import { Refused } from "../../testing/fake-server.ts";
import { openEditor, plainFlow } from "../../testing/open-editor.tsx";

beforeEach(() => {
  fakeEventSource();
});
afterEach(() => vi.unstubAllGlobals());

const [lead, shape, answer] = plainFlow.nodes as [Flow["nodes"][0], Flow["nodes"][0], Flow["nodes"][0]];
async function openProblems(nodes: Flow["nodes"], name: string) {
  const editor = await openEditor({ ...plainFlow, nodes });
  await editor.user.click(await screen.findByRole("button", { name }));
  const list = within(await screen.findByRole("region", { name: "Problems" }));
  return { ...editor, list };
}

test("a problem leads to its own field, however many others are wrong in the same way", async () => {
  const condition = { left: "", operator: "is-empty", right: null } as const;
  const filter = { id: "shape", name: "Shape", kind: "filter", match: "all", position: shape.position } as const;
  const { user, list } = await openProblems(
    [lead, { ...filter, conditions: [condition, condition, condition] }, answer],
    "3 problems",
  );
  const buttons = list.getAllByRole("button", { name: /Choose the value to compare/ });
  const fields = async () => within(await screen.findByRole("region", { name: "Node Shape" })).getAllByLabelText(/^Value/);
  for (const index of [1, 2, 0]) {
    await user.click(buttons[index] as HTMLElement);
    await waitFor(async () => expect((await fields())[index]).toHaveFocus());
    for (const field of await fields()) expect(field).toBeInvalid();
  }
});

test("a warning leads to its field too, which is not said to be wrong", async () => {
  const sampled = { ...lead, sample: { email: "a@example.com" } } as typeof lead;
  const output = { right: "{{trigger.body.email}}", odd: "{{trigger.body.emial}}" };
  const { user, list } = await openProblems([sampled, { ...shape, output } as typeof shape, answer], "1 warning");
  await user.click(list.getByRole("button", { name: /Did you mean/ }));
  await waitFor(() => expect(screen.getByRole("textbox", { name: "Value of odd" })).toHaveFocus());
  expect(screen.getByRole("textbox", { name: "Value of odd" })).toBeValid();
});

test("a fold opens when the field lies in it, also of what the server alone has found, and stays open", async () => {
  const problem = { node: "shape", field: "secretPaths.0", code: "bad_path", message: "this is no path", severity: "error" };
  const { user, choose } = await openEditor(plainFlow, {
    more: { "POST /flows/flw_1/draft/runs": new Refused(422, "invalid_document", "no", { problems: [problem] }) },
  });
  choose("shape");
  await user.click(await screen.findByRole("button", { name: "Run to here" }));
  const list = within(await screen.findByRole("region", { name: "Problems" }));
  for (const _ of ["once", "after it was closed"]) {
    const advanced = screen.getByText("Advanced").closest("details") as HTMLDetailsElement;
    advanced.open = false;
    await user.click(list.getByRole("button", { name: /This is no path/ }));
    await waitFor(() => expect(screen.getByRole("textbox", { name: /Secret/ })).toHaveFocus());
    expect(advanced.open).toBe(true);
  }
});

test("a problem without a field leads to what is wrong, else to the first field", async () => {
  const loose = { ...plainFlow, edges: plainFlow.edges.slice(0, 1) };
  const { user } = await openEditor(loose);
  await user.click(await screen.findByRole("button", { name: "1 problem" }));
  const list = within(await screen.findByRole("region", { name: "Problems" }));
  await user.click(list.getByRole("button", { name: /has no incoming edge/ }));
  await waitFor(() => expect(screen.getByRole("textbox", { name: "Name of the node" })).toHaveFocus());
});
