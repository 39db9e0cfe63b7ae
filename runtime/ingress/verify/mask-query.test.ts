import { describe, expect, it } from "vitest";
import { maskQuery } from "./mask-headers.ts";

describe("a stored query", () => {
  it.each([
    "token",
    "access_token",
    "accessToken",
    "api_key",
    "apikey",
    "API-Key",
    "key",
    "sig",
    "signature",
    "secret",
    "X-Auth",
  ])("has no value of %s", (name) => {
    expect(maskQuery({ [name]: ["v1", "v2"], page: ["2"] })).toEqual({ [name]: "***", page: "2" });
  });

  it.each(["keyword", "monkey", "design", "author", "sessions", "Idempotency-Key"])("keeps %s as it was sent", (name) => {
    expect(maskQuery({ [name]: ["Value"] })).toEqual({ [name]: "Value" });
  });

  it("has every value of a repeated name", () => {
    expect(maskQuery({ tag: ["a", "b", "a"], empty: [""] })).toEqual({ tag: "a, b, a", empty: "" });
  });
});
