import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { buildRequest } from "../../shared/connector/build-request.ts";
import type { Connector } from "../../shared/connector/connector.ts";
import { parseTemplate, readPath } from "../../shared/flow/expression.ts";
import type { Json } from "../../shared/json.ts";
import { createOutbound } from "../outbound/call-endpoint.ts";
import { sandboxCredentials } from "../sandbox/zoominfo/session.ts";
import { startZoomInfoSandbox } from "../sandbox/zoominfo/start.ts";
import { createMemoryGovernor } from "../store/sqlite/memory-governor.ts";
import { type FlowTemplate, loadCatalog } from "./catalog.ts";

const shipped = import.meta.dirname;

describe("the shipped catalog", () => {
  test("loads, with the ZoomInfo connector and the inbound lead template", () => {
    const { connectors, templates } = loadCatalog(shipped);
    expect(connectors.map(({ key }) => key)).toEqual(["zoominfo"]);
    expect(templates.map(({ key }) => key)).toEqual(["inbound-lead"]);
  });

  test("has the sandbox's own credentials in the template's connection", () => {
    expect(loadCatalog(shipped).templates[0]?.connections[0]?.credentials).toEqual(sandboxCredentials);
  });

  test("lets the sandbox answer the template's calls with a full match for the sample", async () => {
    const sandbox = await startZoomInfoSandbox({ host: "127.0.0.1", port: 0, clock: Date.now });
    const outbound = createOutbound({
      clock: Date.now,
      allowedHttpHosts: [new URL(sandbox.url).host],
      sandboxes: { zoominfo: sandbox.url },
      tokens: { read: async () => null, save: async () => true, giveUp: async () => true, cool: async () => {} },
      lease: { take: async () => ({ release: async () => {} }) },
      governor: createMemoryGovernor(Date.now),
    });
    const { connectors, templates } = loadCatalog(shipped);
    const [connector] = connectors;
    const [template] = templates;
    if (!connector || !template) return expect.unreachable();
    const sample = sampleOf(template);
    const run: Record<string, unknown> = { trigger: { body: sample }, steps: {} };
    for (const step of ["search", "enrich"]) {
      const outcome = await outbound.call({
        request: requestOf(step, { template, connector, run, baseUrl: sandbox.url }),
        connector,
        connection: {
          connector: "zoominfo",
          id: "con",
          workspace: "ws",
          account: null,
          since: 0,
          variables: {},
          baseUrl: null,
          client: null,
          target: "sandbox",
          origin: null,
          credentials: sandboxCredentials,
        },
        idempotency: null,
        limitGroup: undefined,
        timeoutMs: 5_000,
        signal: new AbortController().signal,
      });
      if (outcome.outcome !== "succeeded") return expect.unreachable(JSON.stringify(outcome));
      run.steps = { ...Object(run.steps), [step]: { output: outcome.body } };
    }
    expect(readPath(run, ["steps", "search", "output", "totalResults"])).toBe(1);
    expect(readPath(run, ["steps", "enrich", "output", "data", "result", 0])).toMatchObject({
      matchStatus: "FULL_MATCH",
      data: [{ email: sample.email, firstName: sample.firstName, company: { name: sample.company } }],
    });
    await outbound.close();
    await sandbox.close();
  });
});

function sampleOf(template: FlowTemplate): Record<string, Json> {
  const trigger = template.flow.nodes.find(({ id }) => id === template.hook?.trigger);
  return trigger?.kind === "webhook-trigger" ? Object(trigger.sample) : {};
}

type Run = { template: FlowTemplate; connector: Connector; run: unknown; baseUrl: string };

function requestOf(step: string, { template, connector, run, baseUrl }: Run) {
  const node = template.flow.nodes.find(({ id }) => id === step);
  const endpoint = connector.endpoints.find(({ key }) => node?.kind === "call" && key === node.endpoint);
  if (node?.kind !== "call" || !endpoint) return expect.unreachable();
  const built = buildRequest(endpoint, baseUrl, Object(resolve(node.inputs, run)));
  return "request" in built ? built.request : expect.unreachable(JSON.stringify(built));
}

/** The templates of this flow are all whole values, so that is all that is resolved. */
function resolve(value: Json, run: unknown): unknown {
  if (typeof value === "string") {
    const template = parseTemplate(value);
    return "whole" in template && template.whole ? readPath(run, template.whole) : value;
  }
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => resolve(item, run));
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, resolve(inner, run)]));
}

describe("a broken catalog", () => {
  let dir = "";
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "patchbay-catalog-"));
    for (const name of ["zoominfo", "inbound-lead"]) cpSync(join(shipped, name), join(dir, name), { recursive: true });
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  const connector = "zoominfo/connector.json";
  const template = "inbound-lead/template.json";

  test.each<[what: string, file: string, field: string, path: string, value: unknown]>([
    ["a missing value", connector, "baseUrl", "baseUrl", undefined],
    ["a base URL that is not https", connector, "baseUrl", "baseUrl", "http://api.zoominfo.com"],
    ["a method that does not exist", connector, "endpoints.0.method", "endpoints.0.method", "FETCH"],
    ["a path whose parameter is not declared", connector, "endpoints.0.path", "endpoints.0.path", "/search/:kind"],
    [
      "a webhook whose call does not exist",
      connector,
      "incomingWebhooks.0.resthook.list.endpoint",
      "incomingWebhooks.0.resthook.list.endpoint",
      "other",
    ],
    ["a trigger without its webhook", connector, "triggers.0.source.webhook", "triggers.0.source.webhook", "other"],
    ["a key that is not the folder's name", connector, "key", "key", "other"],
    ["an unknown setting", template, "hook", "hook.secret", "x"],
    [
      "a recipe that does not sign the body",
      template,
      "hook.recipe.signedContent",
      "hook.recipe.signedContent",
      [{ part: "timestamp" }],
    ],
    ["a hook for a node that is no trigger", template, "hook.trigger", "hook.trigger", "search"],
    ["credentials of a real account", template, "connections.0.target", "connections.0.target", "live"],
    ["a connection of an unknown connector", template, "connections.0.connector", "connections.0.connector", "other"],
    [
      "a credential that is missing",
      template,
      "connections.0.credentials.password",
      "connections.0.credentials",
      { username: "a" },
    ],
    ["a credential too many", template, "connections.0.credentials.key", "connections.0.credentials.key", "a"],
    ["a call of an unknown connector", template, "flow.nodes.1.connector", "flow.nodes.1.connector", "other"],
    ["a call of an unknown endpoint", template, "flow.nodes.1.endpoint", "flow.nodes.1.endpoint", "other"],
    ["a call through an unknown connection", template, "flow.nodes.1.connection", "flow.nodes.1.connection", "other"],
    ["a call without its connection", template, "flow.nodes.1.connection", "flow.nodes.1.connection", null],
    ["an input that the endpoint lacks", template, "flow.nodes.1.inputs.shoeSize", "flow.nodes.1.inputs.shoeSize", 44],
    [
      "a required input that is missing",
      template,
      "flow.nodes.3.inputs.outputFields",
      "flow.nodes.3.inputs.outputFields",
      undefined,
    ],
    [
      "a path to a node that does not exist",
      template,
      "flow.nodes.1.inputs.emailAddress",
      "flow.nodes.1.inputs.emailAddress",
      "{{steps.gone.output}}",
    ],
    ["an edge from nowhere", template, "flow", "flow.edges.0.source", "gone"],
  ])("is refused for %s, with file and field", (_, file, field, path, value) => {
    change(join(dir, file), path, value);
    const text = expect.objectContaining({
      code: "catalog",
      details: { file: join(dir, file), field: expect.stringContaining(field) },
    });
    expect(() => loadCatalog(dir)).toThrow(text);
    expect(() => loadCatalog(dir)).toThrow(join(dir, file));
  });

  test("is refused for text that is no JSON, with the file and the parser's words", () => {
    writeFileSync(join(dir, connector), '{"key": }');
    expect(() => loadCatalog(dir)).toThrow(/zoominfo[\\/]connector\.json: Unexpected token/);
  });
});

/** Sets the value at a dotted path of a JSON file; `undefined` removes it. */
function change(file: string, path: string, value: unknown): void {
  const document = JSON.parse(readFileSync(file, "utf8"));
  const keys = path.split(".");
  const last = keys.pop() ?? "";
  const parent = keys.reduce((inner, key) => inner[key], document);
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  writeFileSync(file, JSON.stringify(document));
}
