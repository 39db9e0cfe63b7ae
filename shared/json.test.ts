import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { deepestJson, type Json, nestsTooDeep } from "./json.ts";

const nested = (depth: number, open = "[", close = "]") => `${open.repeat(depth)}1${close.repeat(depth)}`;

describe("nestsTooDeep", () => {
  it("lets the deepest that is allowed pass, and nothing below it", () => {
    expect(nestsTooDeep(nested(deepestJson))).toBe(false);
    expect(nestsTooDeep(nested(deepestJson + 1))).toBe(true);
    expect(nestsTooDeep(nested(deepestJson + 1, '{"a":', "}"))).toBe(true);
    expect(nestsTooDeep("[".repeat(1_000_000))).toBe(true);
  });

  it("counts what is open at a time, not what there is in all", () => {
    expect(nestsTooDeep(`[${"[1],".repeat(5_000)}{}]`)).toBe(false);
  });

  it.each(['"', '\\"', '\\\\"', "[{", "\\"])(
    "does not take brackets in a string for structure, whatever stands before them: %s",
    (start) => {
      const text = JSON.stringify([`${start}${"[".repeat(2_000)}`, start]);
      expect(nestsTooDeep(text)).toBe(false);
      expect(nestsTooDeep(`[${text},${nested(deepestJson)}]`)).toBe(true);
    },
  );

  it("agrees with the depth of the value", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), fc.integer({ min: 0, max: 8 }), (value, more) => {
        const outside = deepestJson - 4 + more;
        const text = "[".repeat(outside) + JSON.stringify(value) + "]".repeat(outside);
        expect(nestsTooDeep(text)).toBe(outside + depthOf(value as Json) > deepestJson);
      }),
    );
  });
});

function depthOf(value: Json): number {
  if (typeof value !== "object" || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}
