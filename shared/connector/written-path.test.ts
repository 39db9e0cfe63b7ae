import { describe, expect, it } from "vitest";
import type { Endpoint } from "./endpoint.ts";
import { withWrittenPath } from "./written-path.ts";

const base = "https://api.example.com/v2/";
const limit = { key: "limit", name: "Limit", in: "query", type: "string", required: false } as const;
const written = (path: string, parameters: Endpoint["parameters"] = []) =>
  withWrittenPath({ key: "list", name: "List", method: "GET", path, parameters }, base);

describe("a path as it was written", () => {
  it("loses the base URL in front of it, and only that", () => {
    expect(written("https://api.example.com/v2/users/:id").path).toBe("/users/:id");
    expect(written("https://api.example.com/v20/users").path).toBe("https://api.example.com/v20/users");
    expect(written("/users").path).toBe("/users");
  });

  it("gives its query parameters with values as parameters with defaults", () => {
    const { path, parameters } = written("/users?limit=10&sort=name%20asc&flag");
    expect(path).toBe("/users");
    expect(parameters.map(({ key, in: place, default: given }) => [key, place, given])).toEqual([
      ["limit", "query", "10"],
      ["sort", "query", "name asc"],
      ["flag", "query", undefined],
    ]);
  });

  it("sets the default of a parameter that is there, and keeps what else it is", () => {
    expect(written("/users?limit=10", [limit]).parameters).toEqual([{ ...limit, default: "10" }]);
    expect(written("/users?limit", [limit]).parameters).toEqual([limit]);
  });

  it("decodes what is encoded, keeps a lone % and a second =, and takes the last of a name", () => {
    const { parameters } = written("/users?q=a+b%2Fc&rate=5%&eq=a=b&q=last&=nameless");
    expect(parameters.map(({ key, default: given }) => [key, given])).toEqual([
      ["q", "last"],
      ["rate", "5%"],
      ["eq", "a=b"],
    ]);
    expect(written("/users?q=a+b%2Fc").parameters[0]?.default).toBe("a b/c");
  });

  it("is the same object when nothing is to be done", () => {
    const endpoint: Endpoint = { key: "list", name: "List", method: "GET", path: "/users", parameters: [limit] };
    expect(withWrittenPath(endpoint, base)).toBe(endpoint);
    expect(withWrittenPath(endpoint, "")).toBe(endpoint);
  });
});
