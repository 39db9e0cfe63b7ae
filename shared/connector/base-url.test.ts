import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { baseTemplateProblem, fillUrl, ownBaseUrlProblem, variablesIn } from "./base-url.ts";

const subdomain = { key: "subdomain", label: "Subdomain" };
const domain = { key: "domain", label: "Domain", hostSuffixes: [".example.com"] };

test("names the variables of a URL, each once", () => {
  expect(variablesIn("https://{a}.example.com/{b}/{a}")).toEqual(["a", "b"]);
});

describe("filling in", () => {
  test.each([
    ["https://{subdomain}.example.com", { subdomain: "acme" }, "https://acme.example.com"],
    ["https://api.example.com/{subdomain}/v1", { subdomain: "acme_1.x" }, "https://api.example.com/acme_1.x/v1"],
    ["https://{domain}/v1", { domain: "https://acme.example.com/" }, "https://acme.example.com/v1"],
    ["https://api.example.com", { subdomain: "acme" }, "https://api.example.com"],
  ])("%s with %j", (url, values, filled) => {
    expect(fillUrl(url, [subdomain, domain], values)).toEqual({ url: filled });
  });

  test("takes the default where nothing is given, and says what is missing", () => {
    expect(fillUrl("https://{a}.example.com", [{ key: "a", label: "A", default: "eu" }], { a: " " })).toEqual({
      url: "https://eu.example.com",
    });
    expect(fillUrl("https://{subdomain}.example.com", [subdomain], {})).toEqual({
      variable: "subdomain",
      message: 'enter "Subdomain"',
    });
    expect(fillUrl("https://{constructor}.example.com", [], {})).toMatchObject({ variable: "constructor" });
  });

  test.each([
    ["a dot", "evil.example"],
    ["a slash", "evil/x"],
    ["a port", "evil:8080"],
    ["a user name", "evil@"],
    ["a fragment", "evil#"],
    ["an escape", "%2e"],
    ["another variable", "{domain}"],
    ["letters that look alike", "еvil"],
  ])("refuses %s in one label of a host", (_, value) => {
    expect(fillUrl("https://{subdomain}.example.com", [subdomain], { subdomain: value })).toMatchObject({
      variable: "subdomain",
      message: expect.stringContaining("one part of a host name"),
    });
  });

  test("refuses a whole host that lies elsewhere, and a value that is none of those that there are", () => {
    expect(fillUrl("https://{domain}", [domain], { domain: "example.com.evil.test" })).toMatchObject({
      message: '"Domain" must end with .example.com',
    });
    const region = { key: "region", label: "Region", values: ["eu", "us"] };
    expect(fillUrl("https://{region}.example.com", [region], { region: "cn" })).toMatchObject({
      message: '"Region" must be one of eu, us',
    });
  });

  test("never leaves the host that the URL shows, whatever is filled in", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (value) => {
        const filled = fillUrl("https://{subdomain}.example.com/{p}/x", [subdomain, { key: "p", label: "P" }], {
          subdomain: value,
          p: value,
        });
        if ("variable" in filled) return;
        const url = new URL(filled.url);
        expect(url.host).toMatch(/^[a-z0-9-]+\.example\.com$/);
        expect(url.pathname).toMatch(/^\/[^/]+\/x$/);
      }),
      { numRuns: 500 },
    );
  });
});

describe("a base URL of a connection's own", () => {
  const own = (given: string, baseUrl: string) => ownBaseUrlProblem(given, { baseUrl, variables: [subdomain, domain] }, []);
  test.each([
    ["https://api.example.com/v3", "https://api.example.com/v2"],
    ["https://acme.example.com", "https://{subdomain}.example.com"],
    ["https://acme.example.com", "https://{domain}/v1"],
  ])("%s for %s", (given, baseUrl) => expect(own(given, baseUrl)).toBeNull());
  test.each([
    ["http://api.example.com", "https://api.example.com", "must use https"],
    ["/v1", "https://api.example.com", "absolute"],
    ["https://evil.test", "https://api.example.com", "must be on the host"],
    ["https://a.b.example.com", "https://{subdomain}.example.com", "must be on the host"],
    ["https://api.example.com.evil.test", "https://{subdomain}.example.com", "must be on the host"],
    ["https://evil.test", "https://{domain}", "must end with .example.com"],
  ])("%s is refused for %s", (given, baseUrl, words) => expect(own(given, baseUrl)).toContain(words));
});

test.each([
  ["https://{subdomain}.example.com", null],
  ["https://{other}.example.com", "names {other}"],
  ["https://{subdomain.example.com", "brace"],
  ["http://{subdomain}.example.com", "must use https"],
  ["{subdomain}/x", "absolute"],
])("%s as a connector's base URL: %s", (url, words) => {
  const problem = baseTemplateProblem(url, [subdomain], []);
  if (words === null) expect(problem).toBeNull();
  else expect(problem).toContain(words);
});

test("a base URL of a connection's own has one of the values that its place may have", () => {
  const connector = {
    baseUrl: "https://{region}.example.com",
    variables: [{ key: "region", label: "Region", values: ["eu", "us"] }],
  };
  expect(ownBaseUrlProblem("https://eu.example.com/v2", connector, [])).toBeNull();
  expect(ownBaseUrlProblem("https://other.example.com", connector, [])).toContain("{region}.example.com");
});
