import { describe, expect, test } from "vitest";
import { createCallDepth, depthHeader } from "./call-depth.ts";

const vault = { derive: (purpose: string) => Buffer.from(purpose.padEnd(32)) };
const depth = createCallDepth({ vault, publicUrl: "https://patchbay.example" });

describe("the depth of a call", () => {
  test.each(["https://patchbay.example", "https://patchbay.example."])("goes with it to %s, which is ours", (origin) => {
    expect(depth.headerFor(origin, 3)).toEqual({ [depthHeader]: depth.text(3) });
  });

  test.each([
    "http://patchbay.example",
    "https://patchbay.example:8443",
    "https://a.patchbay.example",
    "https://patchbay.example.com",
    "",
  ])("is kept from %j", (origin) => {
    expect(depth.headerFor(origin, 3)).toBeNull();
  });

  test("is signed: another key or another depth is another text", () => {
    const theirs = createCallDepth({ vault: { derive: () => Buffer.alloc(32) }, publicUrl: "https://patchbay.example" });
    expect(depth.text(3)).toMatch(/^3\.[\w-]{27}$/);
    expect(new Set([depth.text(3), depth.text(4), theirs.text(3)].map((text) => text.slice(2))).size).toBe(3);
  });
});
