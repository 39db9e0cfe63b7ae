import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { AppError } from "../../shared/app-error.ts";
import { credentialFields } from "../../shared/connector/auth-scheme.ts";
import { triggerProblem } from "../../shared/connector/check-trigger.ts";
import { webhookProblem } from "../../shared/connector/check-webhook.ts";
import { Connector } from "../../shared/connector/connector.ts";
import type { Endpoint } from "../../shared/connector/endpoint.ts";
import { pathParameters } from "../../shared/connector/path-template.ts";
import { SignatureRecipe } from "../../shared/event/signature-recipe.ts";
import { HookAnswer } from "../../shared/event/subscription.ts";
import { Flow } from "../../shared/flow/flow.ts";
import type { CallNode } from "../../shared/flow/node.ts";
import { blocking, validateFlow } from "../../shared/flow/validate-flow.ts";

const Key = z.string().regex(/^[a-z][a-z0-9-]{0,62}$/);

/** A connection that a template brings along. Its credentials are in a public file, so they may only be those of a sandbox. */
export const TemplateConnection = z.strictObject({
  /** What the flow's nodes name as their connection; replaced by the id of the installed one. */
  key: Key,
  name: z.string().min(1).max(120),
  connector: Key,
  target: z.literal("sandbox"),
  credentials: z.record(z.string(), z.string()),
});
export type TemplateConnection = z.infer<typeof TemplateConnection>;

/** The hook that feeds a trigger of the template's flow. Its secret is generated when the template is installed. */
export const TemplateHook = z.strictObject({ trigger: z.string(), recipe: SignatureRecipe, answer: HookAnswer });
export type TemplateHook = z.infer<typeof TemplateHook>;

/** A ready-made flow with all that it needs to run. */
export const FlowTemplate = z.strictObject({
  schemaVersion: z.literal(1),
  key: Key,
  name: z.string().min(1).max(120),
  description: z.string().max(2_000),
  connections: z.array(TemplateConnection).max(20),
  hook: TemplateHook.nullable(),
  flow: Flow,
});
export type FlowTemplate = z.infer<typeof FlowTemplate>;

export type Catalog = { connectors: Connector[]; templates: FlowTemplate[] };

/**
 * Reads the built-in connectors and flow templates: `connector.json` or `template.json` in the folders of `dir`. Throws
 * `AppError("catalog")` that names file and field when one is broken or refers to something that does not exist.
 */
export function loadCatalog(dir: string): Catalog {
  const catalog: Catalog = { connectors: [], templates: [] };
  const templateFiles: { file: string; template: FlowTemplate }[] = [];
  for (const entry of readdirSync(dir, { withFileTypes: true }).toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    if (!entry.isDirectory()) continue;
    const connector = readDocument(join(dir, entry.name, "connector.json"), Connector, checkConnector);
    if (connector) catalog.connectors.push(connector.document);
    const template = readDocument(join(dir, entry.name, "template.json"), FlowTemplate, () => null);
    if (template) templateFiles.push({ file: template.file, template: template.document });
  }
  const connectors = new Map(catalog.connectors.map((connector) => [connector.key, connector]));
  for (const { file, template } of templateFiles) {
    const fault = checkTemplate(template, connectors);
    if (fault) throw broken(file, fault);
    catalog.templates.push(template);
  }
  return catalog;
}

/** What is wrong, at a path such as `flow.nodes.1.endpoint`. */
type Fault = { field: string; message: string };

function readDocument<Schema extends z.ZodType<{ key: string }>>(
  file: string,
  schema: Schema,
  check: (document: z.infer<Schema>) => Fault | null,
): { file: string; document: z.infer<Schema> } | null {
  if (!existsSync(file)) return null;
  const parsed = schema.safeParse(readJson(file));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw broken(file, { field: issue?.path.join(".") ?? "", message: issue?.message ?? "is not valid" });
  }
  const document = parsed.data;
  const fault =
    file.split(/[\\/]/).at(-2) === document.key ? check(document) : { field: "key", message: "must be the folder's name" };
  if (fault) throw broken(file, fault);
  return { file, document };
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    throw broken(file, { field: "", message: cause instanceof Error ? cause.message : String(cause) }, cause);
  }
}

function broken(file: string, { field, message }: Fault, cause?: unknown): AppError {
  const text = field === "" ? `${file}: ${message}` : `${file}: ${field}: ${message}`;
  return new AppError("catalog", text, { cause, details: { file, field } });
}

function checkConnector(connector: Connector): Fault | null {
  const { baseUrl, endpoints, incomingWebhooks, triggers = [] } = connector;
  // Every call would be blocked.
  if (!baseUrl.startsWith("https:")) return { field: "baseUrl", message: "must use https" };
  for (const [index, { path, parameters }] of endpoints.entries()) {
    const declared = new Set(parameters.flatMap((parameter) => (parameter.in === "path" ? [parameter.key] : [])));
    const missing = pathParameters(path).find((name) => !declared.has(name));
    if (missing !== undefined) return { field: `endpoints.${index}.path`, message: `no parameter is declared for "${missing}"` };
  }
  for (const [index, webhook] of incomingWebhooks.entries()) {
    const problem = webhookProblem(connector, webhook, true);
    if (problem) return { ...problem, field: `incomingWebhooks.${index}.${problem.field}` };
  }
  for (const [index, trigger] of triggers.entries()) {
    const problem = triggerProblem(connector, trigger);
    if (problem) return { ...problem, field: `triggers.${index}.${problem.field}` };
  }
  return null;
}

function checkTemplate({ flow, hook, connections }: FlowTemplate, connectors: Map<string, Connector>): Fault | null {
  const [problem] = blocking(validateFlow(flow));
  if (problem) {
    const index = flow.nodes.findIndex(({ id }) => id === problem.node);
    const place = index < 0 ? "flow" : `flow.nodes.${index}`;
    return { field: problem.field === null ? place : `${place}.${problem.field}`, message: problem.message };
  }
  for (const [index, connection] of connections.entries()) {
    const fault = checkConnection(connection, connectors);
    if (fault) return { ...fault, field: `connections.${index}.${fault.field}` };
  }
  const trigger = flow.nodes.find(({ id }) => id === hook?.trigger);
  if (hook && trigger?.kind !== "webhook-trigger")
    return { field: "hook.trigger", message: `"${hook.trigger}" is not a webhook trigger of the flow` };
  for (const [index, node] of flow.nodes.entries()) {
    const fault = node.kind === "call" ? checkCall(node, connections, connectors) : null;
    if (fault) return { ...fault, field: `flow.nodes.${index}.${fault.field}` };
  }
  return null;
}

function checkConnection({ connector: key, credentials }: TemplateConnection, connectors: Map<string, Connector>): Fault | null {
  const connector = connectors.get(key);
  if (!connector) return { field: "connector", message: `there is no connector "${key}"` };
  if (!connector.sandbox) return { field: "target", message: `"${connector.name}" has no sandbox` };
  const fields = credentialFields(connector.auth).map((field) => field.key);
  const missing = fields.find((field) => !Object.hasOwn(credentials, field));
  if (missing !== undefined) return { field: `credentials.${missing}`, message: "is required" };
  const extra = Object.keys(credentials).find((name) => !fields.includes(name));
  return extra === undefined ? null : { field: `credentials.${extra}`, message: `"${connector.name}" has no such field` };
}

function checkCall(node: CallNode, connections: TemplateConnection[], connectors: Map<string, Connector>): Fault | null {
  const connector = connectors.get(node.connector);
  if (!connector) return { field: "connector", message: `there is no connector "${node.connector}"` };
  const endpoint = connector.endpoints.find(({ key }) => key === node.endpoint);
  if (!endpoint) return { field: "endpoint", message: `"${connector.name}" has no endpoint "${node.endpoint}"` };
  if (node.connection === null)
    return connector.auth.kind === "none" ? null : { field: "connection", message: `"${connector.name}" needs a connection` };
  const connection = connections.find(({ key }) => key === node.connection);
  if (!connection) return { field: "connection", message: `the template has no connection "${node.connection}"` };
  if (connection.connector !== node.connector)
    return { field: "connection", message: `"${connection.name}" is a connection of another connector` };
  return checkInputs(node, endpoint);
}

function checkInputs({ inputs }: CallNode, { name, parameters }: Endpoint): Fault | null {
  const unknown = Object.keys(inputs).find((key) => !parameters.some((parameter) => parameter.key === key));
  if (unknown !== undefined) return { field: `inputs.${unknown}`, message: `"${name}" has no such parameter` };
  const missing = parameters.find(({ key, required }) => required && !Object.hasOwn(inputs, key));
  return missing ? { field: `inputs.${missing.key}`, message: "is required" } : null;
}
