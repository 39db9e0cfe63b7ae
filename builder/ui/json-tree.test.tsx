import { render, screen } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { expect, test } from "vitest";
import { JsonTree } from "./json-tree.tsx";
import { JsonView } from "./json-view.tsx";

const value = { data: [{ id: 7, name: "Rosa" }], empty: {}, none: null };

function show() {
  // The clipboard must be the one that user-event brings.
  const user = userEvent.setup();
  render(<JsonTree value={value} root="steps.search.output" label="Output" />);
  return user;
}
const item = (name: RegExp) => screen.getByRole("treeitem", { name });
const clipboard = () => navigator.clipboard.readText();

test("walks, opens and closes with the arrow keys", async () => {
  const user = show();
  item(/^\{ 3 keys/).focus();
  await user.keyboard("{ArrowDown}");
  expect(item(/^data/)).toHaveFocus();
  await user.keyboard("{ArrowLeft}");
  expect(item(/^data/)).toHaveAttribute("aria-expanded", "false");
  expect(screen.queryByRole("treeitem", { name: /^id/ })).toBeNull();
  await user.keyboard("{ArrowRight}{ArrowRight}{ArrowRight}");
  expect(item(/^id/)).toHaveFocus();
  await user.keyboard("{ArrowLeft}");
  expect(item(/^0/)).toHaveFocus();
});

test("copies the path as an expression writes it, and the value", async () => {
  const user = show();
  item(/^name/).focus();
  await user.keyboard("p");
  expect(await clipboard()).toBe("steps.search.output.data[0].name");
  await user.keyboard("c");
  expect(await clipboard()).toBe("Rosa");
  item(/^data/).focus();
  await user.keyboard("c");
  expect(JSON.parse(await clipboard())).toEqual(value.data);
});

test("keeps one row in the tab order", () => {
  show();
  expect(screen.getAllByRole("treeitem").filter((row) => row.tabIndex === 0)).toHaveLength(1);
});

test("cuts a long text, says how long it is, and shows it whole when asked", async () => {
  const user = userEvent.setup();
  render(<JsonTree value={{ note: "x".repeat(3_000) }} root="input" label="Input" />);
  expect(item(/^note/).textContent?.length).toBeLessThan(400);
  await user.click(screen.getByRole("button", { name: "3.0 kB, show all" }));
  expect(item(/^note/)).toHaveTextContent("x".repeat(3_000));
});

test("lists a long array a part at a time", async () => {
  const user = userEvent.setup();
  render(<JsonTree value={Array.from({ length: 150 }, (_, index) => index)} root="input" label="Input" />);
  await user.click(screen.getByText("50 more"));
  expect(item(/^149/)).toBeInTheDocument();
});

test("shows a value as text, with its size", async () => {
  const user = userEvent.setup();
  render(<JsonView value={{ a: 1 }} root="input" label="Input" />);
  expect(screen.getByText("7 B")).toBeInTheDocument();
  await user.click(screen.getByRole("radio", { name: "Text" }));
  expect(screen.getByText(/"a": 1/)).toBeInTheDocument();
  expect(screen.queryByRole("tree")).toBeNull();
});
