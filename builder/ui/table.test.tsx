import { render, screen, within } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { expect, test, vi } from "vitest";
import { type Column, Table } from "./table.tsx";

const opened = vi.fn();
const columns: Column<{ id: string; note: string }>[] = [
  {
    key: "id",
    header: "Name",
    cell: (row) => (
      <a
        href={`#${row.id}`}
        onClick={(event) => {
          event.preventDefault();
          opened(row.id);
        }}
      >
        {row.id}
      </a>
    ),
  },
  { key: "note", header: "Note", cell: (row) => row.note },
  { key: "act", header: "", cell: () => <button type="button">Copy</button> },
];
const rows = ["one", "two", "three"].map((id) => ({ id, note: `note ${id}` }));

function show() {
  opened.mockClear();
  render(<Table label="Things" columns={columns} rows={rows} rowKey={(row) => row.id} />);
  return userEvent.setup();
}

test("moves between rows with the arrow keys, Home and End, and opens with Enter", async () => {
  const user = show();
  screen.getByRole("link", { name: "one" }).focus();
  await user.keyboard("{ArrowDown}");
  expect(screen.getByRole("link", { name: "two" })).toHaveFocus();
  await user.keyboard("{End}{ArrowDown}");
  expect(screen.getByRole("link", { name: "three" })).toHaveFocus();
  await user.keyboard("{Home}{ArrowUp}");
  expect(screen.getByRole("link", { name: "one" })).toHaveFocus();
  await user.keyboard("{Enter}");
  expect(opened).toHaveBeenCalledExactlyOnceWith("one");
});

test("opens a row by a click anywhere on it, but not by a click on a button inside it", async () => {
  const user = show();
  await user.click(screen.getByText("note two"));
  expect(opened).toHaveBeenCalledExactlyOnceWith("two");
  const [button] = within(screen.getByRole("table", { name: "Things" })).getAllByRole("button");
  if (button) await user.click(button);
  expect(opened).toHaveBeenCalledOnce();
});
