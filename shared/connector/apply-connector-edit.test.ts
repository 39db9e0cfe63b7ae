import { describe, expect, test } from "vitest";
import { applyConnectorEdit } from "./apply-connector-edit.ts";
import type { AuthScheme } from "./auth-scheme.ts";
import type { ConnectorDraft, ConnectorEdit } from "./connector.ts";
import type { Endpoint } from "./endpoint.ts";
import type { Parameter } from "./parameter.ts";
import type { DynamicLink } from "./parameter-link.ts";

const parameter = (key: string, more: Partial<Parameter> = {}): Parameter => ({
  key,
  name: key.toUpperCase(),
  in: "query",
  type: "string",
  required: false,
  ...more,
});
const endpoint = (key: string, more: Partial<Endpoint> = {}): Endpoint => ({
  key,
  name: `The ${key}`,
  method: "GET",
  path: `/${key}`,
  parameters: [],
  ...more,
});
const link = (more: Partial<DynamicLink> = {}): DynamicLink => ({
  kind: "dynamic",
  endpoint: "projects",
  items: "data",
  value: "id",
  args: {},
  allowCustom: false,
  ...more,
});
const draft: ConnectorDraft = {
  schemaVersion: 1,
  key: "mine",
  name: "Mine",
  description: "",
  baseUrl: "",
  auth: { kind: "none" },
  verification: { endpoint: "me", inputs: {} },
  endpoints: [
    endpoint("me"),
    endpoint("projects", { parameters: [parameter("workspace"), parameter("q")] }),
    endpoint("issues", {
      method: "POST",
      parameters: [
        parameter("workspace"),
        parameter("project", { link: link({ args: { workspace: { from: "workspace" } }, search: "q" }) }),
      ],
    }),
  ],
  incomingWebhooks: [],
};

const exchange: AuthScheme = {
  kind: "token-exchange",
  fields: [{ key: "password", label: "Password", secret: true }],
  request: { method: "POST", path: "/token", body: {} },
  tokenPath: "token",
  expiresInMs: 60_000,
  placement: { header: "Authorization", prefix: "" },
};
const base = (auth: AuthScheme): ConnectorEdit => ({ edit: "base", baseUrl: "https://api.example.com", auth });
const apply = (edit: ConnectorEdit) => applyConnectorEdit(draft, edit, { allowedHttpHosts: ["127.0.0.1:9000"] });
const put = (given: Endpoint, replaces: string | null = null) => apply({ edit: "endpoint", replaces, endpoint: given });
function draftOf(outcome: ReturnType<typeof apply>): ConnectorDraft {
  return outcome.outcome === "applied" ? outcome.draft : expect.fail(`${outcome.field}: ${outcome.message}`);
}

describe("what is applied", () => {
  test("the basics, the base URL and the auth scheme", () => {
    expect(draftOf(apply({ edit: "basics", name: "Yours", description: "d", category: "CRM" }))).toMatchObject({
      name: "Yours",
      category: "CRM",
    });
    const base = draftOf(apply({ edit: "base", baseUrl: "http://127.0.0.1:9000", auth: { kind: "bearer" } }));
    expect(base).toMatchObject({ baseUrl: "http://127.0.0.1:9000", auth: { kind: "bearer" }, verification: undefined });
  });

  test("a base URL may still be empty", () => {
    expect(draftOf(apply({ edit: "base", baseUrl: "", auth: { kind: "none" } })).baseUrl).toBe("");
  });

  test("path parameters follow the path", () => {
    const given = endpoint("user", {
      path: "/users/:id/{part}",
      parameters: [parameter("part", { in: "path", type: "integer" }), parameter("gone", { in: "path" })],
    });
    expect(draftOf(put(given)).endpoints.at(-1)?.parameters).toEqual([
      parameter("part", { in: "path", type: "integer", required: true }),
      { key: "id", name: "id", in: "path", type: "string", required: true },
    ]);
  });

  test("a new key is taken over by links and by the verification", () => {
    const projects = draftOf(
      put({ ...endpoint("all-projects"), parameters: [parameter("workspace"), parameter("q")] }, "projects"),
    );
    expect(projects.endpoints[2]?.parameters[1]?.link).toMatchObject({ endpoint: "all-projects" });
    expect(draftOf(put(endpoint("whoami"), "me")).verification?.endpoint).toBe("whoami");
  });

  test("an endpoint that nothing uses is removed, and the draft that was given stays as it is", () => {
    const before = structuredClone(draft);
    expect(draftOf(apply({ edit: "remove-endpoint", endpoint: "issues" })).endpoints).toHaveLength(2);
    expect(draft).toEqual(before);
  });
});

describe("what is refused, with its field", () => {
  const linked = (more: Partial<DynamicLink>) =>
    endpoint("new", { parameters: [parameter("a"), parameter("b", { link: link(more) })] });
  test.each<[what: string, edit: () => ReturnType<typeof apply>, field: string, words: string]>([
    [
      "http",
      () => apply({ edit: "base", baseUrl: "http://api.example.com", auth: { kind: "none" } }),
      "baseUrl",
      "must use https",
    ],
    [
      "a verification by nothing",
      () => apply({ edit: "base", baseUrl: "", auth: { kind: "none" }, verification: { endpoint: "x", inputs: {} } }),
      "verification.endpoint",
      'no endpoint "x"',
    ],
    [
      "a verification that changes something",
      () => apply({ edit: "base", baseUrl: "", auth: { kind: "none" }, verification: { endpoint: "issues", inputs: {} } }),
      "verification.endpoint",
      "may change",
    ],
    [
      "a key in a header that frames the message",
      () => apply(base({ kind: "api-key", displayName: "Key", key: "Content-Length", addTo: "header" })),
      "auth.key",
      "cannot be set",
    ],
    [
      "a key whose name no header may have",
      () => apply(base({ kind: "api-key", displayName: "Key", key: "key[a]", addTo: "header" })),
      "auth.key",
      "is not a header name",
    ],
    [
      "a token in the Host header",
      () => apply(base({ ...exchange, placement: { header: "Host", prefix: "" } })),
      "auth.placement.header",
      "cannot be set",
    ],
    [
      "an idempotency key in a header with a line break",
      () => put(endpoint("a", { idempotencyHeader: "X-Key\r\nX-Other" })),
      "endpoint.idempotencyHeader",
      "is not a header name",
    ],
    [
      "a header that has white space",
      () => put(endpoint("a", { parameters: [parameter("X Key", { in: "header" })] })),
      "endpoint.parameters.0.key",
      "is not a header name",
    ],
    ["replacing nothing", () => put(endpoint("a"), "nothing"), "replaces", 'no endpoint "nothing"'],
    ["a key that another has", () => put(endpoint("me")), "endpoint.key", '"me"'],
    ["taking another's key", () => put(endpoint("me"), "issues"), "endpoint.key", '"me"'],
    [
      "a parameter twice",
      () => put(endpoint("a", { parameters: [parameter("x"), parameter("x")] })),
      "endpoint.parameters.1.key",
      '"x"',
    ],
    [
      "a header twice",
      () => put(endpoint("a", { parameters: [parameter("X-A", { in: "header" }), parameter("x-a", { in: "header" })] })),
      "endpoint.parameters.1.key",
      '"x-a"',
    ],
    [
      "a link to nothing",
      () => put(linked({ endpoint: "nothing" })),
      "endpoint.parameters.1.link.endpoint",
      'no endpoint "nothing"',
    ],
    [
      "a link to what changes something",
      () => put(linked({ endpoint: "issues" })),
      "endpoint.parameters.1.link.endpoint",
      "may change",
    ],
    [
      "a link's argument for nothing",
      () => put(linked({ args: { nothing: { value: 1 } } })),
      "endpoint.parameters.1.link.args.nothing",
      '"nothing"',
    ],
    [
      "a link's argument from nothing",
      () => put(linked({ args: { workspace: { from: "nothing" } } })),
      "endpoint.parameters.1.link.args.workspace",
      '"nothing"',
    ],
    [
      "a link that needs itself",
      () => put(linked({ args: { workspace: { from: "b" } } })),
      "endpoint.parameters.1.link.args",
      "its own value",
    ],
    ["a link's search by nothing", () => put(linked({ search: "nothing" })), "endpoint.parameters.1.link.search", '"nothing"'],
    ["a path that is none", () => put(linked({ items: "a..b" })), "endpoint.parameters.1.link.items", "not a path"],
    ["taking a linked parameter away", () => put(endpoint("projects"), "projects"), "endpoint", '"issues" depends on it'],
    ["making the verification write", () => put(endpoint("me", { effect: "unsafe" }), "me"), "endpoint.effect", "must be a read"],
    ["removing nothing", () => apply({ edit: "remove-endpoint", endpoint: "nothing" }), "endpoint", '"nothing"'],
    ["removing the verification", () => apply({ edit: "remove-endpoint", endpoint: "me" }), "endpoint", "verifies connections"],
    [
      "removing what is linked",
      () => apply({ edit: "remove-endpoint", endpoint: "projects" }),
      "endpoint",
      '"PROJECT" of "The issues"',
    ],
  ])("%s", (_, edit, field, words) => {
    expect(edit()).toEqual({ outcome: "refused", field, message: expect.stringContaining(words) });
  });

  test("a circle of links over several parameters", () => {
    const circle = (from: string) => link({ args: { workspace: { from } } });
    const given = endpoint("new", { parameters: [parameter("a", { link: circle("b") }), parameter("b", { link: circle("a") })] });
    expect(put(given)).toMatchObject({ outcome: "refused", field: "endpoint.parameters.0.link.args" });
  });

  test("one endpoint more than there may be", () => {
    const full = {
      ...draft,
      endpoints: Array.from({ length: 150 }, (_, index) => endpoint(`e${index}`)),
      verification: undefined,
    };
    expect(
      applyConnectorEdit(full, { edit: "endpoint", replaces: null, endpoint: endpoint("more") }, { allowedHttpHosts: [] }),
    ).toMatchObject({
      outcome: "refused",
      message: "a connector has at most 150 endpoints",
    });
  });
});
