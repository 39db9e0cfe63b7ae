import { act, render, screen, waitFor } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { useState } from "react";
import { beforeEach, expect, test, vi } from "vitest";
import { Button } from "./button.tsx";
import { Confirm, Dialog } from "./dialog.tsx";
import { Duration } from "./duration.tsx";
import { Field } from "./field.tsx";
import { Menu } from "./menu.tsx";
import { RelativeTime } from "./relative-time.tsx";
import { Segmented } from "./segmented.tsx";
import { TooltipLayer } from "./tooltip-layer.tsx";

beforeEach(() => void vi.useFakeTimers({ shouldAdvanceTime: true }));
const user = () => userEvent.setup({ advanceTimers: vi.advanceTimersByTime });
const pass = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms));

function Choice() {
  const [value, setValue] = useState<"a" | "b" | "c">("a");
  const segments = [
    { value: "a", label: "First" },
    { value: "b", label: "Second" },
    { value: "c", label: "Third" },
  ] as const;
  return <Segmented label="Which" value={value} segments={segments} onChange={setValue} />;
}

test("moves a choice with the arrow keys, around the ends, and keeps one stop in the tab order", async () => {
  render(<Choice />);
  const keys = user();
  await keys.tab();
  expect(screen.getByRole("radio", { name: "First" })).toHaveFocus();
  await keys.keyboard("{ArrowLeft}");
  expect(screen.getByRole("radio", { name: "Third" })).toBeChecked();
  expect(screen.getByRole("radio", { name: "Third" })).toHaveFocus();
  await keys.keyboard("{ArrowRight}{ArrowRight}");
  expect(screen.getByRole("radio", { name: "Second" })).toBeChecked();
  expect(screen.getAllByRole("radio").filter((radio) => radio.tabIndex === 0)).toHaveLength(1);
});

test("puts an error in place of the help and ties it to its control", () => {
  const { rerender } = render(
    <Field label="Name" help="As it is known.">
      {(control) => <input {...control} />}
    </Field>,
  );
  expect(screen.getByRole("textbox", { name: "Name" })).toHaveAccessibleDescription("As it is known.");
  rerender(
    <Field label="Name" help="As it is known." error="Enter a name.">
      {(control) => <input {...control} />}
    </Field>,
  );
  expect(screen.getByRole("textbox", { name: "Name" })).toBeInvalid();
  expect(screen.getByRole("textbox", { name: "Name" })).toHaveAccessibleDescription("Enter a name.");
  expect(screen.queryByText("As it is known.")).toBeNull();
});

test("renews a relative time as time passes, and tells the exact one in the tooltip", async () => {
  render(
    <>
      <RelativeTime at={Date.now() - 50_000} />
      <TooltipLayer />
    </>,
  );
  expect(screen.getByText("50 s ago")).toBeInTheDocument();
  await pass(10_000);
  const time = screen.getByText("1 min ago");
  await user().hover(time);
  await pass(400);
  expect(screen.getByRole("tooltip")).toHaveTextContent(/\d{4}.*\d:\d\d:\d\d/);
  await user().keyboard("{Escape}");
  expect(screen.queryByRole("tooltip")).toBeNull();
});

test("counts a duration on until it has ended", async () => {
  const from = Date.now();
  const { rerender } = render(<Duration from={from} to={null} />);
  await pass(2_000);
  expect(screen.getByText(/^2\.\d s$/)).toBeInTheDocument();
  rerender(<Duration from={from} to={from + 340} />);
  expect(screen.getByText("340 ms")).toBeInTheDocument();
});

test("asks before it does what hurts, and does nothing when told to keep it", async () => {
  const confirm = vi.fn();
  const close = vi.fn();
  render(
    <Confirm
      open
      onClose={close}
      onConfirm={confirm}
      title="Cancel this run?"
      consequence="It stops before its next step."
      verb="Cancel run"
      keep="Keep it running"
    />,
  );
  expect(screen.getByRole("alertdialog", { name: "Cancel this run?" })).toHaveAccessibleDescription(
    "It stops before its next step.",
  );
  await user().click(screen.getByRole("button", { name: "Keep it running" }));
  expect([confirm.mock.calls.length, close.mock.calls.length]).toEqual([0, 1]);
  await user().click(screen.getByRole("button", { name: "Cancel run" }));
  expect(confirm).toHaveBeenCalledOnce();
});

function Opener() {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button type="button" onClick={() => setOpen(true)}>
        Open
      </button>
      {open && (
        <Dialog open onClose={() => setOpen(false)} title="Note" description="One field." footer={null}>
          <textarea aria-label="Text" />
        </Dialog>
      )}
    </>
  );
}

test("opens a window at its first field, and gives the keyboard back to what opened it", async () => {
  render(<Opener />);
  await user().click(screen.getByRole("button", { name: "Open" }));
  expect(screen.getByRole("textbox", { name: "Text" })).toHaveFocus();
  await user().keyboard("{Escape}");
  await pass(10);
  expect(screen.getByRole("button", { name: "Open" })).toHaveFocus();
});

test("gives the keyboard back also from a window that has taken the place of the one that was opened", async () => {
  const { rerender } = render(<button type="button">Open</button>);
  const stage = (name: string) => (
    <>
      <button type="button">Open</button>
      <Dialog key={name} open onClose={() => {}} title={name} description="A stage." footer={<Button>Go on</Button>}>
        {null}
      </Dialog>
    </>
  );
  screen.getByRole("button", { name: "Open" }).focus();
  rerender(stage("Loading"));
  await pass(10);
  rerender(stage("Loaded"));
  await pass(10);
  expect(screen.getByRole("dialog", { name: "Loaded" })).toContainElement(document.activeElement as HTMLElement);
  rerender(<button type="button">Open</button>);
  await pass(10);
  expect(screen.getByRole("button", { name: "Open" })).toHaveFocus();
});

test("keeps the keyboard on a button while its work is under way, and takes no second press", async () => {
  const pressed = vi.fn();
  const { rerender } = render(<Button onClick={pressed}>Save</Button>);
  const keys = user();
  await keys.tab();
  rerender(
    <Button busy onClick={pressed}>
      Save
    </Button>,
  );
  await keys.keyboard("{Enter}");
  expect(screen.getByRole("button", { name: "Save" })).toHaveFocus();
  expect(pressed).not.toHaveBeenCalled();
});

test("gives the keyboard back to the button of a menu from which a window was opened", async () => {
  render(<RowWithMenu />);
  const keys = user();
  await keys.click(screen.getByRole("button", { name: "Actions" }));
  await keys.click(screen.getByRole("menuitem", { name: "Delete" }));
  await screen.findByRole("alertdialog");
  await keys.keyboard("{Escape}");
  await waitFor(() => expect(screen.getByRole("button", { name: "Actions" })).toHaveFocus());
});

function RowWithMenu() {
  const [asking, setAsking] = useState(false);
  return (
    <>
      <Menu label="Actions" items={[{ label: "Delete", onSelect: () => setAsking(true) }]} />
      <Confirm
        open={asking}
        onClose={() => setAsking(false)}
        onConfirm={() => {}}
        title="Delete it?"
        consequence="It is gone."
        verb="Delete"
        keep="Keep it"
      />
    </>
  );
}
