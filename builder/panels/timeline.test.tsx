import { render, screen } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { useState } from "react";
import { expect, test } from "vitest";
import { foldJournal } from "../../shared/run/run-view.ts";
import { journals, version } from "../testing/sample-run.ts";
import { Timeline } from "./timeline.tsx";

function Shown({ name, first }: { name: keyof typeof journals; first: string | null }) {
  const [selected, setSelected] = useState(first);
  return <Timeline flow={version.document} view={foldJournal(journals[name])} selected={selected} onSelect={setSelected} />;
}

test("is an outline of the run: each step with its state, when it began and how long it took", () => {
  render(<Shown name="succeeded" first="known" />);
  expect(screen.getAllByRole("button").map((row) => row.textContent)).toEqual([
    "Lead received Succeeded 0 1 ms",
    "Search contact Succeeded +10 ms 690 ms",
    "Contact found? Succeeded +701 ms 4 ms",
    "Answer unknown Skipped  Skipped",
    "Answer with profile Succeeded +3.0 s 11 ms",
  ]);
  expect(screen.getByRole("button", { name: /Answer with profile/ })).toHaveAttribute("aria-current", "step");
});

test("goes through the steps with the arrow keys and keeps one stop in the tab order", async () => {
  const user = userEvent.setup();
  render(<Shown name="succeeded" first="search" />);
  await user.tab();
  expect(screen.getByRole("button", { name: /Search contact/ })).toHaveFocus();
  await user.keyboard("{ArrowDown}");
  expect(screen.getByRole("button", { name: /Contact found/ })).toHaveFocus();
  expect(screen.getByRole("button", { name: /Contact found/ })).toHaveAttribute("aria-current", "step");
  await user.keyboard("{End}{ArrowDown}");
  expect(screen.getByRole("button", { name: /Answer with profile/ })).toHaveFocus();
  expect(screen.getAllByRole("button").filter((row) => row.tabIndex === 0)).toHaveLength(1);
});

test("can be entered when no step is chosen", async () => {
  const user = userEvent.setup();
  render(<Shown name="running" first={null} />);
  await user.tab();
  expect(screen.getByRole("button", { name: /Lead received/ })).toHaveFocus();
});
