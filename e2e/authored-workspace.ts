import type { APIRequestContext } from "playwright-core";
import { createConnection } from "../shared/api/connections.ts";
import { publishConnectorVersion } from "../shared/api/connector-versions.ts";
import { createConnector, editConnector, getConnector, testEndpoint } from "../shared/api/connectors.ts";
import { createFlow, getFlow, saveEdits, setHook } from "../shared/api/flows.ts";
import { getImport, startImport } from "../shared/api/imports.ts";
import { invite } from "../shared/api/people.ts";
import type { Body, Params, Response, Route } from "../shared/api/route.ts";
import { makeSheet } from "../shared/api/subscriptions.ts";
import { AppError } from "../shared/app-error.ts";
import type { Endpoint } from "../shared/connector/endpoint.ts";
import { cutSample, inferSchema } from "../shared/connector/infer-schema.ts";
import { providers } from "../shared/event/providers/providers.ts";
import type { FlowEdge } from "../shared/flow/flow.ts";
import type { FormField } from "../shared/flow/form-field.ts";
import type { FlowNode } from "../shared/flow/node.ts";
import type { Schedule } from "../shared/flow/schedule.ts";
import type { Json } from "../shared/json.ts";
import { furtherSteps } from "./further-steps.ts";
import type { Tracker } from "./tracker-upstream.ts";

/** A name as long as names may be: pages must bear it. */
export const longName =
  "Quarterly enrichment of inbound leads from the European partner programme, with firmographic and intent data of accounts".padEnd(
    120,
    "…",
  );

/** Ids of what a workspace holds after somebody has used all of authoring. */
export type AuthoredWorkspace = {
  connector: string;
  /** Endpoints of it: one whose answer was pulled, one with linked parameters. */
  listProjects: string;
  createIssue: string;
  /** A connector without endpoints. */
  bare: string;
  connection: string;
  refused: string;
  /** Nothing is in it. */
  emptyFlow: string;
  /** A trigger without a hook URL, a call that lacks its inputs, an expression that cannot be read. */
  unfinished: string;
  /** What is used most: a call and what is around it. */
  flow: string;
  /** Steps of every other kind. */
  steps: string;
  /** What else starts a flow: a schedule, an API call, a form. */
  starts: string;
  /** Address of the set-up sheet of a hook. */
  sheet: string;
  invitation: string;
};

/** Fills a workspace through the API, as its first administrator. */
export async function authorWorkspace(request: APIRequestContext, tracker: Tracker): Promise<AuthoredWorkspace> {
  const { connector, connection, listProjects, createIssue } = await makeConnector(request, tracker);
  const { connection: refused } = await ask(request, createConnection, {
    body: { connector, name: longName, target: "live", credentials: { apiKey: "a wrong key" } },
  });
  const { connector: bare } = await ask(request, createConnector, { body: { name: longName, description: longName } });
  const { flow: emptyFlow } = await ask(request, createFlow, { body: { name: longName, description: "" } });
  const { url } = await ask(request, invite, { body: { role: "user", note: longName } });
  const flow = await makeFlow(request, { connector, endpoint: createIssue, connection });
  const [hook] = (await ask(request, getFlow, { params: { flow } })).hooks;
  const sheet = await ask(request, makeSheet, { params: { hook: hook?.id ?? "" } });
  return {
    connector,
    listProjects,
    createIssue,
    bare,
    connection,
    refused,
    emptyFlow,
    unfinished: await makeUnfinished(request, { connector, endpoint: createIssue }),
    flow,
    steps: await makeSteps(request, flow),
    starts: await makeStarts(request),
    sheet: new URL(sheet.url).pathname,
    invitation: new URL(url).pathname + new URL(url).search,
  };
}

/** A call of our API by somebody with a session. */
export async function ask<R extends Route>(
  request: APIRequestContext,
  { method, path }: R,
  sent: { params?: Params<R>; body?: Body<R> },
): Promise<Response<R>> {
  const params: Record<string, unknown> = sent.params ?? {};
  const url = `/api/v1${path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(params[name])))}`;
  const answer = await request.fetch(url, { method, headers: { "X-Patchbay-Request": "1" }, data: sent.body });
  if (!answer.ok()) throw new AppError("internal", `${method} ${url} was answered ${answer.status()}: ${await answer.text()}`);
  return (await answer.json()) as Response<R>;
}

async function importText(request: APIRequestContext, text: string) {
  const { import: id } = await ask(request, startImport, { body: { source: { text } } });
  for (;;) {
    const { result } = await ask(request, getImport, { params: { import: id } });
    if (result.state === "refused") throw new AppError("bad_request", result.message);
    if (result.state === "read") return { import: id, report: result.report };
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** The tracker's connector: imported, verified, two endpoints tested, two parameters linked. */
async function makeConnector(
  request: APIRequestContext,
  tracker: Tracker,
): Promise<Pick<AuthoredWorkspace, "connector" | "connection" | "listProjects" | "createIssue">> {
  const made = await importText(request, tracker.specification());
  // A picture is not what its pages are looked at with.
  const endpoints = made.report.operations.flatMap(({ key, method }) => (key === null || method === "PUT" ? [] : [key]));
  const { connector } = await ask(request, createConnector, {
    body: { name: "Issue tracker", description: "Projects and their issues.", from: { import: made.import, endpoints } },
  });
  const params = { connector };
  const loaded = await ask(request, getConnector, { params });
  let base = loaded.revision;
  const save = async (edit: Body<typeof editConnector>["edit"]) => {
    base = (await ask(request, editConnector, { params, body: { base, edit } })).revision;
  };
  const { baseUrl, auth } = loaded.document;
  const [me, projects, types, create] = ["getMe", "listProjects", "listTypes", "createIssue"].map((key) =>
    endpointOf(loaded.document.endpoints, key),
  ) as [Endpoint, Endpoint, Endpoint, Endpoint];
  await save({ edit: "base", baseUrl, auth, verification: { endpoint: me.key, inputs: {}, accountPath: "login" } });
  const second = { limit: 25, perMs: 1_000 };
  await save({
    edit: "limits",
    limits: [{ windows: [second, { limit: 1_500, perMs: 60_000 }] }, { group: "writes", windows: [second] }],
  });
  const { connection } = await ask(request, createConnection, {
    body: { connector, name: "Engines", target: "live", credentials: { apiKey: tracker.apiKey } },
  });

  const passed = await ask(request, testEndpoint, {
    params: { connector, endpoint: projects.key },
    body: { connection, inputs: {} },
  });
  const answer = passed.response?.body ?? null;
  await save({
    edit: "endpoint",
    replaces: projects.key,
    endpoint: { ...projects, responseSchema: inferSchema([answer]), responseSample: cutSample(answer), responseOrigin: "pulled" },
  });
  await save({
    edit: "endpoint",
    replaces: create.key,
    endpoint: { ...withLinks(create, { projects: projects.key, types: types.key }), limitGroup: "writes" },
  });
  const test = (endpoint: string, inputs: Record<string, Json>) =>
    ask(request, testEndpoint, { params: { connector, endpoint }, body: { connection, inputs } });
  await test(me.key, {});
  await test(projects.key, {});
  await test(types.key, { project: 7 });
  await test(create.key, { project: 7, type: "bug", title: "Made by a test" });
  await ask(request, publishConnectorVersion, { params, body: { revision: base, note: "First", install: true } });
  // What a test that failed looks like.
  await test(types.key, { project: 99 });
  return { connector, connection, listProjects: projects.key, createIssue: create.key };
}

function endpointOf(endpoints: readonly Endpoint[], operation: string): Endpoint {
  const wanted = operation.toLowerCase();
  const found = endpoints.find(({ key }) => key.replaceAll("-", "") === wanted);
  if (!found) throw new AppError("internal", `the import has no ${operation}: ${endpoints.map(({ key }) => key).join(", ")}`);
  return found;
}

function withLinks(endpoint: Endpoint, { projects, types }: { projects: string; types: string }): Endpoint {
  return {
    ...endpoint,
    parameters: endpoint.parameters.map((parameter) => {
      if (parameter.key === "priority")
        return {
          ...parameter,
          link: { kind: "static", allowCustom: false, values: ["high", "low"].map((value) => ({ value, label: value })) },
        };
      if (parameter.key === "project")
        return {
          ...parameter,
          link: {
            kind: "dynamic",
            endpoint: projects,
            items: "values",
            value: "id",
            label: "name",
            args: {},
            allowCustom: false,
          },
        };
      if (parameter.key === "type")
        return {
          ...parameter,
          link: {
            kind: "dynamic",
            endpoint: types,
            items: "",
            value: "key",
            label: "label",
            args: { project: { from: "project" } },
            allowCustom: false,
          },
        };
      return parameter;
    }),
  };
}

type Called = { connector: string; endpoint: string };

async function makeUnfinished(request: APIRequestContext, called: Called): Promise<string> {
  const { flow } = await ask(request, createFlow, { body: { name: "Unfinished", description: "" } });
  await draw(request, flow, {
    nodes: [
      { id: "webhook", kind: "webhook-trigger", name: "Webhook", position: { x: 0, y: 0 } },
      {
        id: "call",
        kind: "call",
        name: longName,
        position: { x: 320, y: 0 },
        ...called,
        connection: null,
        inputs: {},
      },
      {
        id: "faulty",
        kind: "transform",
        name: "Faulty",
        position: { x: 320, y: 160 },
        output: { said: "{{= $uppercase(trigger.body.title }}" },
      },
    ],
    edges: [
      { id: "e1", source: "webhook", port: "out", target: "call" },
      { id: "e2", source: "webhook", port: "out", target: "faulty" },
    ],
  });
  return flow;
}

async function makeStarts(request: APIRequestContext): Promise<string> {
  const { flow } = await ask(request, createFlow, { body: { name: "Starts by itself", description: "" } });
  const schedule: Schedule = { kind: "cron", expression: "0 9 * * MON-FRI", timeZone: "Europe/Berlin" };
  const choice: FormField = { key: "team", name: "Team", type: "choice", options: ["North", "South"], required: true };
  await draw(request, flow, {
    nodes: [
      { id: "timed", kind: "schedule-trigger", name: longName, position: { x: 0, y: 0 }, schedule, misfire: "once" },
      { id: "called", kind: "api-trigger", name: "API call", position: { x: 0, y: 160 }, answer: "sync" },
      { id: "asked", kind: "manual-trigger", name: "Form", position: { x: 0, y: 320 }, form: [choice] },
    ],
    edges: [],
  });
  return flow;
}

async function makeSteps(request: APIRequestContext, other: string): Promise<string> {
  const { flow } = await ask(request, createFlow, { body: { name: "Orders", description: "" } });
  await draw(request, flow, furtherSteps(other, longName));
  return flow;
}

async function makeFlow(request: APIRequestContext, called: Called & { connection: string }): Promise<string> {
  const { flow } = await ask(request, createFlow, {
    body: { name: "Issues from webhooks", description: "Opens an issue per alarm." },
  });
  const nodes = nodesOfEachKind(called);
  const pairs: [string, string, string][] = [
    ["webhook", "out", "sort"],
    ["sort", "alarm", "open"],
    ["sort", "default", "answer"],
    ["open", "out", "grave"],
    ["grave", "true", "pause"],
    ["pause", "out", "shape"],
    ["shape", "out", "answer"],
    ["grave", "false", "answer"],
  ];
  await draw(request, flow, {
    nodes,
    edges: pairs.map(([source, port, target], index) => ({ id: `e${index}`, source, port, target })),
  });
  const recipe = providers[0]?.recipe;
  if (!recipe) throw new AppError("internal", "the library of providers is empty");
  await ask(request, setHook, { params: { flow, node: "webhook" }, body: { recipe, secret: "generate", overlapMs: 0 } });
  return flow;
}

function nodesOfEachKind(called: Called & { connection: string }): FlowNode[] {
  const at = (x: number, y: number) => ({ position: { x: x * 320, y: y * 120 } });
  return [
    {
      id: "webhook",
      kind: "webhook-trigger",
      name: "Alarm comes in",
      ...at(0, 1),
      sample: { kind: "alarm", title: "The lamp is dark", grade: 3, host: { name: "north-4", tags: ["lamp", "north"] } },
    },
    {
      id: "sort",
      kind: "switch",
      name: "What is it?",
      ...at(1, 1),
      cases: [
        {
          port: "alarm",
          name: "An alarm",
          match: "all",
          conditions: [{ left: "{{trigger.body.kind}}", operator: "equals", right: "alarm" }],
        },
      ],
    },
    {
      id: "open",
      kind: "call",
      name: "Open the issue",
      ...at(2, 0),
      ...called,
      inputs: { project: 7, type: "bug", priority: "high", title: "{{trigger.body.title}} at {{trigger.body.host.name}}" },
      labels: { project: "Apollo", type: "BUG" },
    },
    {
      id: "grave",
      kind: "branch",
      name: "Is it grave?",
      ...at(3, 0),
      match: "any",
      conditions: [
        { left: "{{trigger.body.grade}}", operator: "greater-than", right: 2 },
        { left: "{{trigger.body.host.tags}}", operator: "is-not-empty" },
      ],
    },
    { id: "pause", kind: "delay", name: "Let it settle", ...at(4, 0), delayMs: 60_000 },
    {
      id: "shape",
      kind: "transform",
      name: "Shape the answer",
      ...at(5, 0),
      output: { issue: "{{steps.open.output.issue.id}}", loud: "{{= $uppercase(trigger.body.title) }}" },
    },
    {
      id: "answer",
      kind: "respond",
      name: "Answer",
      ...at(6, 1),
      status: 200,
      headers: { "X-Source": "patchbay" },
      body: { seen: true, issue: "{{steps.shape.output.issue}}" },
    },
  ];
}

async function draw(
  request: APIRequestContext,
  flow: string,
  { nodes, edges }: { nodes: FlowNode[]; edges: FlowEdge[] },
): Promise<void> {
  await ask(request, saveEdits, {
    params: { flow },
    body: {
      base: 0,
      save: "first",
      edits: [{ edit: "add", nodes: nodes.map((node) => ({ node })), edges: edges.map((edge) => ({ edge })) }],
    },
  });
}
