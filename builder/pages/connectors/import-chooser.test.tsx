import { render, screen } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { useState } from "react";
import { describe, expect, it } from "vitest";
import type { ImportedOperation } from "../../../shared/connector/import-report.ts";
import { ImportChooser } from "./import-chooser.tsx";
import { maxEndpoints } from "./limits.ts";

describe("a file with more operations than fit into a connector", () => {
  it("lets all of them go at once, so that there is room for those that are wanted", async () => {
    render(<Chooser operations={operationsUpTo(maxEndpoints + 5)} />);
    expect(screen.getByText(/^150 of 155 operations chosen/)).toBeVisible();

    await userEvent.click(screen.getByRole("button", { name: "Choose none" }));
    expect(screen.getByText(/^0 of 155 operations chosen/)).toBeVisible();

    await userEvent.click(screen.getByRole("button", { name: "Choose all" }));
    expect(screen.getByText(/^150 of 155 operations chosen/)).toBeVisible();
  });

  it("offers nothing of those shown where none of them is chosen and none fits any more", async () => {
    render(<Chooser operations={operationsUpTo(maxEndpoints + 5)} />);
    await userEvent.type(screen.getByRole("searchbox"), "/things/153");
    expect(screen.getAllByRole("checkbox")).toHaveLength(1);
    expect(screen.queryByRole("button", { name: /^Choose/ })).toBeNull();
  });
});

function Chooser({ operations }: { operations: readonly ImportedOperation[] }) {
  const first = operations.slice(0, maxEndpoints).flatMap(({ key }) => key ?? []);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set(first));
  return <ImportChooser operations={operations} chosen={chosen} onChoose={setChosen} />;
}

function operationsUpTo(count: number): ImportedOperation[] {
  return Array.from({ length: count }, (_, index) => ({
    method: "GET",
    path: `/things/${index}`,
    key: `thing-${index}`,
    name: `Thing ${index}`,
    tags: [],
    outcome: "imported",
    notes: [],
  }));
}
