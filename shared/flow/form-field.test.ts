import { expect, it } from "vitest";
import { FormField } from "./form-field.ts";

it("has no key that nobody could fill in", () => {
  expect(FormField.safeParse({ key: "__proto__", name: "Why", required: true }).success).toBe(false);
  for (const key of ["constructor", "toString", "_", "why-not"])
    expect(FormField.safeParse({ key, name: "Why" }).success).toBe(true);
});
