import { describe, expect, it } from "vitest";
import type { Parameter } from "../../../shared/connector/parameter.ts";
import { urlParts } from "./endpoint-url.ts";

const parameter = (key: string, more: Partial<Parameter> = {}): Parameter => ({
  key,
  name: key,
  in: "query",
  type: "string",
  required: false,
  ...more,
});
const shown = (path: string, parameters: Parameter[] = [], base = "https://api.example/v1") =>
  urlParts({ path, parameters }, base)
    .map(({ text }) => text)
    .join("");

describe("the URL of an endpoint as it is shown", () => {
  it.each(["https://api.example/v1", "https://api.example/v1/", "https://api.example/v1//"])(
    "joins %s with one slash",
    (base) => {
      expect(shown("/users", [], base)).toBe("https://api.example/v1/users");
    },
  );

  it("says what is to be filled in, whichever way the path is written", () => {
    const parts = urlParts({ path: "/users/:id/notes/{note}", parameters: [] }, "https://api.example");
    expect(parts.filter(({ open }) => open).map(({ text }) => text)).toEqual(["{id}", "{note}"]);
    expect(shown("/items/{id}:cancel")).toBe("https://api.example/v1/items/{id}:cancel");
  });

  it("has defaults in place, encoded and in their style", () => {
    const list = parameter("tags", { type: "array", default: ["a b", "c"], style: "form", explode: false, wireName: "tag" });
    expect(shown("/u/{id}", [parameter("id", { in: "path", default: "a/b" }), list])).toBe(
      "https://api.example/v1/u/a%2Fb?tag=a%20b%2Cc",
    );
  });

  it("names required query parameters, and leaves out those that are not sent", () => {
    expect(shown("/u?v=2", [parameter("q", { required: true }), parameter("page")])).toBe("https://api.example/v1/u?v=2&q={q}");
  });
});
