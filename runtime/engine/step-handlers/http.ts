import type { RequestToSend } from "../../../shared/connector/build-request.ts";
import type { Connector } from "../../../shared/connector/connector.ts";
import { inText } from "../../../shared/flow/expression.ts";
import type { HttpNode } from "../../../shared/flow/http-node.ts";
import type { Json } from "../../../shared/json.ts";
import type { Effect } from "../../../shared/run/call-outcome.ts";
import { compileValue } from "../../expressions/resolve-template.ts";
import { compileOnce } from "../compile-once.ts";
import { resolveValue } from "../resolve-value.ts";
import { failed, type StepContext, type StepHandler, type StepOutcome } from "../step.ts";
import { type Calling, makeCall } from "./make-call.ts";

const compile = compileOnce(({ url, query, headers, body }: HttpNode) => compileValue({ url, query, headers, body }));

/** Sends one request to a URL that no connector describes. Gives `{status, headers, body}`. */
export const http: StepHandler<HttpNode> = async (node, context) => {
  const through = await connectionOf(node, context);
  if ("outcome" in through) return through;
  const built = await requestOf(node, context);
  if ("outcome" in built) return built;
  const { request } = built;
  return makeCall(
    {
      node,
      connector: through.connector ?? plainConnector(new URL(request.url).origin),
      connection: through.connection,
      effect: effectOf(node),
      idempotencyHeader: node.idempotencyHeader,
      limitGroup: undefined,
      paged: null,
      firstRequest: async () => built,
      checkInputs: null,
      outputOf: (body, { status, headers }) => ({ status, headers, body }),
    },
    context,
  );
};

type Through = Pick<Calling, "connection"> & { connector: Connector | null };

/** With a connection the request goes to its connector's host or nowhere, since the credentials belong there. */
async function connectionOf(node: HttpNode, { version, workspace, loadConnection }: StepContext): Promise<Through | StepOutcome> {
  if (node.connection === null || node.connector === null) return { connector: null, connection: null };
  const connector = version.connectors.get(node.connector);
  if (!connector) return failed("unknown_connector", `there is no connector "${node.connector}"`);
  const connection = await loadConnection(workspace, node.connection);
  if (!connection) return failed("connection_missing", "the connection of this step no longer exists");
  if (connection.connector !== connector.key)
    return failed("connection_missing", `the connection of this step is not one of "${connector.name}"`);
  return { connector, connection };
}

/** RFC 9110, 9.2.1 and 9.2.2. */
function effectOf({ effect, method }: HttpNode): Effect {
  if (effect) return effect;
  if (method === "GET" || method === "HEAD") return "read";
  return method === "PUT" || method === "DELETE" ? "idempotent" : "unsafe";
}

type Given = { url?: Json; query?: Record<string, Json>; headers?: Record<string, Json>; body?: Json };

async function requestOf(node: HttpNode, context: StepContext): Promise<{ request: RequestToSend } | StepOutcome> {
  const resolved = await resolveValue({ node, context, compiled: compile(node) });
  if (resolved.outcome === "failed") return resolved;
  const { url: address, query = {}, headers = {}, body = null } = (resolved.value ?? {}) as Given;
  const text = inText(address).trim();
  if (!URL.canParse(text)) return failed("invalid_input", `url: "${text.slice(0, 200)}" is not a URL`);
  const url = new URL(text);
  url.hash = "";
  for (const [name, value] of Object.entries(query))
    for (const item of Array.isArray(value) ? value : [value]) if (item !== null) url.searchParams.append(name, inText(item));
  const sent: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    const line = inText(value);
    if (!headerName.test(name) || !headerValue.test(line)) return failed("invalid_input", `headers: "${name}" cannot be sent`);
    sent[name.toLowerCase()] = line;
  }
  const encoded = bodyOf(node, body);
  return "outcome" in encoded ? encoded : { request: { method: node.method, url: url.href, headers: sent, ...encoded } };
}

/** RFC 9110, 5.1 and 5.5. */
const headerName = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}$/;
const headerValue = /^[\x20-\x7e\t]*$/;

function bodyOf({ bodyType, method }: HttpNode, body: Json): Pick<RequestToSend, "body" | "encoding"> | StepOutcome {
  if (bodyType === "none" || method === "GET" || method === "HEAD") return { body: null };
  if (bodyType === "json") return { body };
  if (bodyType === "text") return { body: inText(body), encoding: "raw" };
  if (typeof body !== "object" || body === null || Array.isArray(body))
    return failed("invalid_input", "body: a form must be an object of fields");
  const pairs = Object.entries(body).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((item): [string, string] => [name, inText(item)]),
  );
  return { body: new URLSearchParams(pairs).toString(), encoding: "form" };
}

/** What the way out knows of a host that no connector describes. */
function plainConnector(origin: string): Connector {
  return {
    schemaVersion: 1,
    key: "http",
    name: "HTTP request",
    description: "",
    baseUrl: origin,
    auth: { kind: "none" },
    endpoints: [],
    incomingWebhooks: [],
  };
}
