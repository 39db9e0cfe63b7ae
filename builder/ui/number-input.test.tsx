import { render, screen } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { useState } from "react";
import { describe, expect, it } from "vitest";
import { NumberInput } from "./number-input.tsx";

function Status() {
  const [value, setValue] = useState<number | null>(200);
  return (
    <>
      <NumberInput
        aria-label="Status"
        value={value}
        accepts={(next) => next !== null && next >= 200 && next <= 599}
        onChange={setValue}
      />
      <output>{value}</output>
    </>
  );
}

describe("NumberInput", () => {
  it("lets a number pass through others on its way, and gives on only what is accepted", async () => {
    render(<Status />);
    const field = screen.getByRole("textbox", { name: "Status" });
    await userEvent.clear(field);
    await userEvent.type(field, "40");
    expect(field).toHaveValue("40");
    expect(field).toBeInvalid();
    expect(screen.getByRole("status")).toHaveTextContent("200");
    await userEvent.type(field, "4");
    expect(field).toBeValid();
    expect(screen.getByRole("status")).toHaveTextContent("404");
  });

  it("shows what holds again when it is left with something else", async () => {
    render(<Status />);
    const field = screen.getByRole("textbox", { name: "Status" });
    await userEvent.type(field, "0");
    await userEvent.tab();
    expect(field).toHaveValue("200");
  });
});
