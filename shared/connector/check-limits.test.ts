import { describe, expect, test } from "vitest";
import { applyConnectorEdit } from "./apply-connector-edit.ts";
import { limitGroupProblem, limitsProblem } from "./check-limits.ts";
import { type ConnectorDraft, ConnectorEdit } from "./connector.ts";
import type { RateLimit } from "./rate-limit.ts";

const usual: RateLimit = { windows: [{ limit: 25, perMs: 1_000 }] };
const slow: RateLimit = { group: "slow", windows: [{ limit: 1, perMs: 1_000 }] };
const draft: ConnectorDraft = {
  schemaVersion: 1,
  key: "mine",
  name: "Mine",
  description: "",
  baseUrl: "https://api.example.com",
  auth: { kind: "none" },
  limits: [usual, slow],
  endpoints: [{ key: "export", name: "Export all", method: "GET", path: "/export", limitGroup: "slow", parameters: [] }],
  incomingWebhooks: [],
};
const exchanging: ConnectorDraft = {
  ...draft,
  endpoints: [],
  auth: {
    kind: "token-exchange",
    fields: [{ key: "password", label: "Password", secret: true }],
    request: { method: "POST", path: "/token", body: {} },
    tokenPath: "token",
    expiresInMs: 60_000,
    placement: { header: "Authorization", prefix: "" },
    limitGroup: "slow",
  },
};
const apply = (edit: ConnectorEdit) => applyConnectorEdit(draft, edit, { allowedHttpHosts: [] });

test("limits are replaced as a whole, and the draft that was given stays as it is", () => {
  const limits = [slow, { group: "other", windows: [{ limit: 2, perMs: 60_000 }] }];
  expect(apply({ edit: "limits", limits })).toMatchObject({ outcome: "applied", draft: { limits } });
  expect(draft.limits).toEqual([usual, slow]);
});

describe("limits are refused, with the field", () => {
  test.each<[what: string, limits: RateLimit[], field: string, words: string]>([
    ["two without a group", [usual, slow, usual], "limits.2.group", "no group either"],
    ["two of one group", [slow, usual, slow], "limits.2.group", 'the group "slow"'],
    [
      "two windows of one length",
      [slow, { windows: [{ limit: 1, perMs: 9 }, ...usual.windows, { limit: 50, perMs: 1_000 }] }],
      "limits.1.windows.2.perMs",
      "as long",
    ],
    ["a group that an endpoint counts in is gone", [usual], "limits", 'calls of "Export all" count in the group "slow"'],
  ])("%s", (_, limits, field, words) => {
    expect(limitsProblem(draft, limits)).toEqual({ field, message: expect.stringContaining(words) });
    expect(apply({ edit: "limits", limits })).toEqual({ outcome: "refused", field, message: expect.stringContaining(words) });
  });

  test("a group that the authentication counts in is gone", () => {
    expect(limitsProblem(exchanging, [])?.message).toContain("the authentication counts");
  });
});

test("a group that nobody has used or declared may go, and be missing", () => {
  expect(limitsProblem({ ...draft, endpoints: [] }, [])).toBeNull();
  expect(limitsProblem({ ...draft, limits: undefined }, [usual])).toBeNull();
});

test("an endpoint and an authentication may only name a group that there is", () => {
  const [endpoint] = draft.endpoints;
  if (!endpoint) return expect.unreachable();
  const renamed = { ...endpoint, limitGroup: "fast" };
  expect(apply({ edit: "endpoint", replaces: "export", endpoint })).toMatchObject({ outcome: "applied" });
  expect(apply({ edit: "endpoint", replaces: "export", endpoint: renamed })).toMatchObject({
    outcome: "refused",
    field: "endpoint.limitGroup",
    message: expect.stringContaining('"fast"'),
  });
  const { auth } = exchanging;
  const base = { edit: "base", baseUrl: draft.baseUrl, auth } as const;
  expect(apply(base)).toMatchObject({ outcome: "applied" });
  expect(applyConnectorEdit({ ...draft, limits: [] }, base, { allowedHttpHosts: [] })).toMatchObject({
    outcome: "refused",
    field: "auth.limitGroup",
  });
  expect(limitGroupProblem(draft, undefined)).toBeNull();
});

test.each<[limits: unknown, field: string, words: string]>([
  [[{ windows: [{ limit: 0, perMs: 1_000 }] }], "limits.0.windows.0.limit", "from 1 to 1,000,000,000"],
  [[{ windows: [{ limit: 1, perMs: 0.5 }] }], "limits.0.windows.0.perMs", "whole number of milliseconds"],
  [[usual, { group: "Two words", windows: [] }], "limits.1.group", "slug"],
  [[usual, { windows: [] }], "limits.1.windows", "needs a window"],
])("%j is refused by its schema, with the field", (limits, field, words) => {
  const issue = ConnectorEdit.safeParse({ edit: "limits", limits }).error?.issues[0];
  expect({ field: issue?.path.join("."), message: issue?.message }).toEqual({ field, message: expect.stringContaining(words) });
});
