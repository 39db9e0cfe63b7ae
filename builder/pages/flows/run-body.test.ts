import { expect, test } from "vitest";
import { version } from "../../testing/sample-run.ts";
import { parseBody, sampleOf } from "./run-body.ts";

test("offers the trigger's sample, and an empty object where there is none", () => {
  expect(JSON.parse(sampleOf(version))).toEqual({ email: "mira@example.com" });
  expect(sampleOf(null)).toBe("{}");
});

test("reads any JSON value", () => {
  expect(parseBody(" [1, null] ")).toEqual({ body: [1, null] });
  expect(parseBody("null")).toEqual({ body: null });
});

test("asks for a value where there is none", () => {
  expect(parseBody("  \n ")).toEqual({ problem: "Enter a JSON value, for example {}." });
});

test("names the line of a mistake", () => {
  expect(parseBody('{\n  "a": 1,\n  b: 2\n}')).toEqual({ problem: "This is not valid JSON: look at line 3." });
  expect(parseBody('{\n  "a": 1\n')).toMatchObject({ problem: expect.stringMatching(/line [23]/) });
});
