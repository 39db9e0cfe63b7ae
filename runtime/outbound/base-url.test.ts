import { expect, test } from "vitest";
import type { Connector } from "../../shared/connector/connector.ts";
import { baseUrlOf, missingBaseUrl, type PlacedConnection } from "./base-url.ts";

const variables = [{ key: "shop", label: "Shop" }];
const connector = (baseUrl: string): Connector => ({
  schemaVersion: 1,
  key: "fake",
  name: "Fake",
  description: "",
  baseUrl,
  variables,
  sandbox: "zoominfo",
  auth: { kind: "none" },
  endpoints: [],
  incomingWebhooks: [],
});
const live = (more: object = {}): PlacedConnection => ({ target: "live", variables: {}, baseUrl: null, ...more });
const sandboxes = { zoominfo: "http://127.0.0.1:8421/" };

test.each<[string, PlacedConnection, string | null]>([
  ["https://api.example.com/v1//", null, "https://api.example.com/v1"],
  ["https://api.example.com", live(), "https://api.example.com"],
  ["https://{shop}.example.com/v1/", live({ variables: { shop: "acme" } }), "https://acme.example.com/v1"],
  ["https://{shop}.example.com", live({ baseUrl: "https://own.example.com/" }), "https://own.example.com"],
  [
    "https://{shop}.example.com",
    live({ target: "sandbox", variables: { shop: "acme" }, baseUrl: "https://own.example.com" }),
    "http://127.0.0.1:8421",
  ],
  ["https://{shop}.example.com", live(), null],
  ["https://{shop}.example.com", null, null],
  ["https://{shop}.example.com", live({ variables: { shop: "evil.example/" } }), null],
  ["", live(), null],
])("the base URL %j of a connector is, with %o, %j", (baseUrl, connection, expected) => {
  expect(baseUrlOf(connector(baseUrl), connection, sandboxes)).toBe(expected);
});

test("is filled in anew for another connection, and for other words of the connector", () => {
  const acme = live({ variables: { shop: "acme" } });
  expect(baseUrlOf(connector("https://{shop}.example.com"), acme, {})).toBe("https://acme.example.com");
  expect(baseUrlOf(connector("https://{shop}.example.org"), acme, {})).toBe("https://acme.example.org");
  expect(baseUrlOf(connector("https://{shop}.example.org"), live({ variables: { shop: "other" } }), {})).toBe(
    "https://other.example.org",
  );
  const only = { ...connector("https://{shop}.example.org"), variables: [{ key: "shop", label: "Shop", values: ["other"] }] };
  expect(baseUrlOf(only, acme, {})).toBeNull();
});

test("why it is not known is said in words", () => {
  expect(missingBaseUrl(connector("https://{shop}.example.com"), live())).toBe(
    'the base URL of "Fake" is not known: enter "Shop"',
  );
  expect(missingBaseUrl(connector(""), live())).toBe("define the base URL first");
  expect(missingBaseUrl(connector(""), live({ target: "sandbox" }))).toBe('the sandbox of "Fake" is switched off here');
});
