import { fireEvent, render, screen, within } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { expect, test, vi } from "vitest";
import { Menu } from "./menu.tsx";
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

test("does not open a row by what is chosen in its menu, which lies elsewhere in the document", async () => {
  opened.mockClear();
  const chosen = vi.fn();
  const menu: Column<{ id: string; note: string }> = {
    key: "menu",
    header: "",
    cell: ({ id }) => <Menu label={`Actions for ${id}`} items={[{ label: "Connect", onSelect: chosen }]} />,
  };
  render(<Table label="Things" columns={[...columns, menu]} rows={rows} rowKey={(row) => row.id} />);
  await userEvent.click(screen.getByRole("button", { name: "Actions for two" }));
  // An event alone: with a pointer, text would be selected here, which no browser does in a menu.
  fireEvent.click(await screen.findByRole("menuitem", { name: "Connect" }));
  await vi.waitFor(() => expect(chosen).toHaveBeenCalledOnce());
  expect(opened).not.toHaveBeenCalled();
});
