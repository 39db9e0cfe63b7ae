import { describe, expect, it } from "vitest";
import { pastedRows, withPasted } from "./enumerate-paste.ts";

describe("pasted values", () => {
  it("are one for each line, with what they are shown as behind a sign or a tab", () => {
    expect(pastedRows("1 = High\r\n\n 2\tLow \n3\na=b = c = d")).toEqual([
      { value: "1", label: "High" },
      { value: "2", label: "Low" },
      { value: "3", label: "" },
      { value: "a=b", label: "c = d" },
    ]);
  });

  it("of one line are a text like any other", () => expect(pastedRows("1 = High")).toBeNull());

  it("take the place of their row, once each", () => {
    const row = (value: string) => ({ value, label: "" });
    expect(withPasted([row("a"), row("x"), row(""), row("b")], 1, [row("c"), row("a"), row("c")])).toEqual([
      row("a"),
      row("c"),
      row("b"),
    ]);
    expect(
      withPasted(
        [row("")],
        0,
        Array.from({ length: 600 }, (_, index) => row(`${index}`)),
      ),
    ).toHaveLength(500);
  });
});
