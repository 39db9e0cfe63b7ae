import { describe, expect, it } from "vitest";
import { readSessionCookie, writeSessionCookie } from "./session-cookie.ts";

const token = "A".repeat(43);

describe("readSessionCookie", () => {
  it.each([
    [`patchbay_session=${token}`, token],
    [`theme=dark; patchbay_session=${token}; x=y`, token],
    [`theme=dark;patchbay_session=${token}`, token],
    [`patchbay_session=; patchbay_session=${token}`, token],
    [undefined, null],
    ["", null],
    ["patchbay_session", null],
    ["patchbay_session=", null],
    [`patchbay_session=${token}A`, null],
    [`patchbay_session=${token.slice(1)}!`, null],
    [`other_patchbay_session=${token}`, null],
    [`Patchbay_Session=${token}`, null],
  ])("reads %j", (header, expected) => {
    expect(readSessionCookie(header)).toBe(expected);
  });
});

describe("writeSessionCookie", () => {
  it("is closed to scripts and other sites, for 30 days", () => {
    expect(writeSessionCookie(token, "http://127.0.0.1:8420")).toBe(
      `patchbay_session=${token}; Path=/; Max-Age=2592000; HttpOnly; SameSite=Lax`,
    );
  });

  it("is secure when people reach us by https", () => {
    expect(writeSessionCookie(token, "https://patchbay.example")).toMatch(/; Secure$/);
  });

  it("removes the session when there is no token", () => {
    expect(writeSessionCookie(null, "https://patchbay.example")).toBe(
      "patchbay_session=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax; Secure",
    );
  });
});
