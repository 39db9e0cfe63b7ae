import { describe, expect, it } from "vitest";
import type { AuthScheme } from "./auth-scheme.ts";
import type { ConnectorDraft } from "./connector.ts";
import { OAuth2 } from "./oauth2.ts";
import { missingToPublish, sectionStatuses } from "./section-status.ts";

const empty: ConnectorDraft = {
  schemaVersion: 1,
  key: "tracker",
  name: "Tracker",
  description: "",
  baseUrl: "",
  auth: { kind: "bearer" },
  endpoints: [],
  incomingWebhooks: [],
};
const endpoint = (key: string, method: "GET" | "POST" = "GET") => ({ key, name: key, method, path: "/", parameters: [] });
const whole: ConnectorDraft = {
  ...empty,
  description: "Issues",
  category: "Productivity",
  baseUrl: "https://tracker.example",
  endpoints: [endpoint("list"), endpoint("create", "POST")],
};
const passed = (...keys: string[]) => keys.map((key) => ({ endpoint: key, passed: true, stale: false }));
const statuses = (draft: ConnectorDraft, more: Partial<Parameters<typeof sectionStatuses>[0]> = {}) =>
  sectionStatuses({ draft, tests: [], connections: [], hasOAuthClient: false, ...more });

describe("the status of a connector's sections", () => {
  it("says of a bare draft all that is missing, in the order of the sections", () => {
    const found = statuses(empty);
    expect(missingToPublish(found)).toEqual(["a description", "a category", "a base URL", "an endpoint", "a connection"]);
    expect(found.webhooks.state).toBe("optional");
    expect(found.actions.state).toBe("optional");
  });

  it("is done when nothing is missing", () => {
    const found = statuses(whole, { tests: passed("list", "create"), connections: [{ state: "healthy" }] });
    expect(missingToPublish(found)).toEqual([]);
    for (const section of ["basics", "base", "endpoints", "connections"] as const) expect(found[section].state).toBe("done");
  });

  it("counts endpoints never tested, failed, and changed since", () => {
    const draft = { ...whole, endpoints: ["a", "b", "c", "d", "e"].map((key) => endpoint(key)) };
    const tests = [
      { endpoint: "a", passed: false, stale: false },
      { endpoint: "b", passed: true, stale: true },
      { endpoint: "c", passed: true, stale: false },
      { endpoint: "gone", passed: false, stale: false },
    ];
    expect(statuses(draft, { tests }).endpoints.missing).toEqual([
      "a test of 2 endpoints",
      "a passed test of 1 endpoint whose last one failed",
      "a new test of 1 endpoint changed since",
    ]);
  });

  it("wants the client of an OAuth connector, unless each connection brings its own", () => {
    const given = { kind: "oauth2", grant: "client-credentials", tokenUrl: "https://auth.example/token" };
    const shared: AuthScheme = OAuth2.parse(given);
    const own: AuthScheme = OAuth2.parse({ ...given, client: "connection" });
    expect(statuses({ ...whole, auth: shared }).base.missing).toEqual(["the OAuth client's ID"]);
    expect(statuses({ ...whole, auth: shared }, { hasOAuthClient: true }).base.state).toBe("done");
    expect(statuses({ ...whole, auth: own }).base.state).toBe("done");
  });

  it("wants another place for an API key that goes in bodies that are not sent", () => {
    const auth: AuthScheme = { kind: "api-key", displayName: "Key", key: "key", addTo: "body" };
    expect(statuses({ ...whole, auth }).base.missing).toEqual(["another place for the API key: 1 endpoint has no body"]);
    expect(statuses({ ...whole, auth, endpoints: [endpoint("create", "POST")] }).base.state).toBe("done");
  });

  it("wants a connection that works, and none where the API asks for nothing", () => {
    expect(statuses(whole, { connections: [{ state: "broken" }] }).connections.missing).toEqual(["a connection that works"]);
    expect(statuses(whole, { connections: [{ state: "broken" }, { state: "unverified" }] }).connections.state).toBe("done");
    expect(statuses({ ...whole, auth: { kind: "none" } }).connections.state).toBe("done");
  });
});
