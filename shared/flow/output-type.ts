import type { ConnectorDraft } from "../connector/connector.ts";
import { inferSchema } from "../connector/infer-schema.ts";
import type { Json } from "../json.ts";
import type { FormField } from "./form-field.ts";
import type { AppTriggerNode, CallNode, FlowNode } from "./node.ts";
import { asSchema, type JsonSchema, type Origin, withOrigin } from "./schema-path.ts";
import type { ApprovalNode } from "./wait-node.ts";

/** What a sub-flow is known to be. */
export type KnownFlow = { name: string /** Of its answer, where that is known. */; answer?: Json };
/** What typing knows besides the flow. `samples`: what nodes gave in the last run, by node; `flows`: those that may be called, by id. */
export type Known = {
  connectors?: ReadonlyMap<string, ConnectorDraft> | undefined;
  samples?: ReadonlyMap<string, Json> | undefined;
  flows?: ReadonlyMap<string, KnownFlow> | undefined;
};

/**
 * What a node gives. `closed`: it has no other names than the schema's own. `sample`: a value that it gave, or may give. `seen`: one that the
 * document itself holds, so that everybody who checks the flow knows it. `byPort`: what it gives when it leaves by each of these ports, where
 * that tells more than `schema` does.
 */
export type OutputType = {
  schema: JsonSchema;
  origin: Origin;
  closed: boolean;
  sample?: Json | undefined;
  seen?: Json | undefined;
  byPort?: ReadonlyMap<string, JsonSchema> | undefined;
};

/** Types of what a node's templates give, and of what is inside of it. */
export type Resolving = {
  /** The schema of a value whose templates are resolved where the node stands, or, for a container, where it ends. */
  shapeOf(value: Json, inside?: boolean): JsonSchema;
  /** What the last node inside gives, where it is one alone. */
  lastInside(): JsonSchema | null;
};

/** The type of a node's output, from what is declared, what was pulled, what came in the last run, and what its templates read. */
export function outputType(node: FlowNode, known: Known, resolving: Resolving): OutputType {
  const type = declaredOutput(node, known, resolving);
  const ran = known.samples?.get(node.id);
  if (ran === undefined) return type;
  const isUnknown = type.origin === "unknown";
  return { ...type, ...(isUnknown && { schema: inferred(ran), origin: "sample" as const }), sample: ran };
}

function declaredOutput(node: FlowNode, known: Known, resolving: Resolving): OutputType {
  switch (node.kind) {
    case "webhook-trigger":
    case "api-trigger":
      return trigger(bodyOf(ranBody(node, known) ?? node.sample), node.sample);
    case "manual-trigger":
      if (node.form && node.form.length > 0) return trigger(formSchema(node.form), node.sample);
      return trigger(bodyOf(ranBody(node, known) ?? node.sample), node.sample);
    case "app-trigger":
      return appTrigger(node, known);
    case "schedule-trigger":
      return trigger(object({ firedFor: { type: "string", format: "date-time" } }), undefined);
    case "call":
      return callOutput(node, known);
    case "http":
      return closed(object({ status: { type: "integer" }, headers: texts, body: bodyOf(ranBody(node, known)) }));
    case "code":
      if (node.outputSchema)
        return {
          schema: node.outputSchema,
          origin: "declared",
          closed: isClosed(node.outputSchema),
          seen: node.sample,
          sample: node.sample,
        };
      return node.sample === undefined ? unknownType : { ...sampled(node.sample), origin: "inferred" };
    case "transform":
      return withClosed(resolving.shapeOf(node.output));
    case "branch":
    case "filter":
      return closed(object({ matched: { type: "boolean" } }));
    case "switch":
      return closed(object({ case: { type: ["string", "null"] } }));
    case "for-each":
    case "try":
      return containerOutput(node, resolving);
    case "delay":
      return closed(object({ waitedUntil: { type: "integer" } }));
    case "respond":
      return closed(object({ status: { type: "integer" }, headers: texts, body: resolving.shapeOf(node.body) }, ["status"]));
    case "wait":
      return oneOf({ out: object({ by, body: {} }), timeout: late });
    case "approval":
      return approvalOutput(node);
    case "sub-flow":
      return subFlowOutput(node.mode, known.flows?.get(node.flow));
    case "key-value":
      return closed(
        object({
          key: text,
          found: { type: "boolean" },
          ...(node.operation === "increment" ? { value: { type: "number" }, before: {} } : { value: {} }),
        }),
      );
    case "once":
      return closed(object({ key: text, first: { type: "boolean" } }));
    case "stop":
      return unknownType;
  }
}

/** Nothing is known. */
export const unknownType: OutputType = { schema: {}, origin: "unknown", closed: false };
const text: JsonSchema = { type: "string" };
const texts: JsonSchema = { type: "object", additionalProperties: { type: "string" } };

/** The fields of a form, as `checkForm` lets them through. */
export function formSchema(form: readonly FormField[]): JsonSchema {
  const typeOf = ({ type, options }: FormField): JsonSchema => {
    if (type === "number") return { type: "number" };
    if (type === "yes-no") return { type: "boolean" };
    if (type === "choice" && options && options.length > 0) return { type: "string", enum: options };
    return type === "date" ? { type: "string", format: "date" } : { type: "string" };
  };
  const required = form.filter((field) => field.required).map(({ key }) => key);
  return object(Object.fromEntries(form.map((field) => [field.key, typeOf(field)])), required);
}

const inferredOnce = new WeakMap<object, JsonSchema>();

/** Samples never change while they are held, and can be large: each is described once. */
function inferred(sample: Json): JsonSchema {
  if (typeof sample !== "object" || sample === null) return asSchema(inferSchema([sample]));
  const done = inferredOnce.get(sample);
  if (done) return done;
  const schema = asSchema(inferSchema([sample]));
  inferredOnce.set(sample, schema);
  return schema;
}

function sampled(sample: Json): OutputType {
  return { schema: inferred(sample), origin: "sample", closed: false, sample, seen: sample };
}

function declared(schema: JsonSchema): OutputType {
  return { schema, origin: "declared", closed: isClosed(schema) };
}

/** One of ours, which has these fields and no others. */
function closed(schema: JsonSchema): OutputType {
  return { schema, origin: "declared", closed: true };
}

/** A value that is written down has the fields that are there; one that is a template is what its source is. */
function withClosed(schema: JsonSchema): OutputType {
  return Object.keys(schema).length === 0 ? unknownType : declared(schema);
}

function isClosed(schema: JsonSchema): boolean {
  const { additionalProperties, patternProperties, properties } = schema;
  return (
    additionalProperties === false ||
    (additionalProperties === undefined && patternProperties === undefined && properties !== undefined)
  );
}

function object(properties: Record<string, JsonSchema>, required = Object.keys(properties)): JsonSchema {
  return { type: "object", properties, ...(required.length > 0 && { required }), additionalProperties: false };
}

function bodyOf(sample: Json | undefined): JsonSchema {
  return sample === undefined ? {} : withOrigin(inferred(sample), "sample");
}

/** The event that started the run, as `TriggerOutput` has it. */
function trigger(body: JsonSchema, sample: Json | undefined): OutputType {
  const schema = object({ body, headers: texts, query: texts, id: text, source: text, receivedAt: { type: "integer" } });
  const event = sample === undefined ? undefined : { body: sample, headers: {}, query: {} };
  return { ...closed(schema), sample: event, seen: event };
}

function appTrigger(node: AppTriggerNode, known: Known): OutputType {
  const document = known.connectors?.get(node.connector)?.triggers?.find(({ key }) => key === node.trigger);
  // A sample is a body as it came: what a transformation makes of it is told by its schema.
  const sample = document?.transformation === undefined ? (node.sample ?? document?.sample) : undefined;
  const body = document?.outputSchema === undefined ? bodyOf(ranBody(node, known) ?? sample) : asSchema(document.outputSchema);
  return trigger(body, sample);
}

function callOutput(node: CallNode, { connectors }: Known): OutputType {
  const connector = connectors?.get(node.connector);
  const endpoint = connector?.endpoints.find(({ key }) => key === node.endpoint);
  if (!endpoint) return unknownType;
  const origin = endpoint.responseOrigin ?? "declared";
  const action = node.action === undefined ? undefined : connector?.actions?.find(({ key }) => key === node.action);
  if (!action) {
    const { responseSchema: schema, responseSample: sample } = endpoint;
    if (schema === undefined) return sample === undefined ? unknownType : sampled(sample);
    return {
      schema: asSchema(schema),
      origin,
      closed: origin === "declared" && isClosed(asSchema(schema)),
      sample,
      seen: sample,
    };
  }
  if (action.outputSchema === undefined) {
    if (action.outputSample !== undefined) return sampled(action.outputSample);
    return action.output ? closed(object(Object.fromEntries(action.output.map(({ name }) => [name, {}])), [])) : unknownType;
  }
  const sample = action.outputSample;
  const schema = asSchema(action.outputSchema);
  // It gives the fields that it names, whatever is known of what is in them.
  if (!action.output) return { schema, origin, closed: origin === "declared" && isClosed(schema), sample, seen: sample };
  const known = asSchema(schema.properties);
  const fields = action.output.map(({ name }): [string, JsonSchema] => [
    name,
    withOrigin(Object.hasOwn(known, name) ? asSchema(known[name]) : {}, origin),
  ]);
  return { ...closed(object(Object.fromEntries(fields))), sample, seen: sample };
}

/** The body that came in the last run: of an event, or of an answer. */
function ranBody({ id }: FlowNode, { samples }: Known): Json | undefined {
  const ran = samples?.get(id);
  return typeof ran === "object" && ran !== null && !Array.isArray(ran) ? ran.body : undefined;
}

function containerOutput(node: Extract<FlowNode, { kind: "for-each" | "try" }>, resolving: Resolving): OutputType {
  const result = node.result === undefined ? (resolving.lastInside() ?? {}) : resolving.shapeOf(node.result, true);
  if (node.kind === "try") return withClosed(result);
  // An iteration that failed has null for its result.
  const items =
    node.onItemError === "continue" && Object.keys(result).length > 0 ? { anyOf: [result, { type: "null" }] } : result;
  return closed(
    object({ results: { type: "array", items }, errors: { type: "array", items: itemError }, count: { type: "integer" } }),
  );
}

const itemError = object({
  index: { type: "integer" },
  error: object({ code: text, message: text, node: text }, ["code", "message"]),
});

/** Whoever rejects need not fill the form in. */
function approvalOutput({ form }: ApprovalNode): OutputType {
  const decided = (form: JsonSchema) => object({ decision: text, by, form, comment: text });
  const asked = formSchema(form);
  const { required: _, ...offered } = asked;
  return oneOf({ approved: decided(asked), rejected: decided(offered), timeout: late });
}

const by: JsonSchema = { type: ["string", "null"] };
const late = object({ deadline: { type: "integer" } });

/** One of ours that gives something else by each port. */
function oneOf(schemas: Record<string, JsonSchema>): OutputType {
  return { ...closed({ anyOf: Object.values(schemas) }), byPort: new Map(Object.entries(schemas)) };
}

function subFlowOutput(mode: "wait" | "start", flow: KnownFlow | undefined): OutputType {
  if (mode === "start") return closed(object({ run: text }));
  return closed(object({ run: text, status: text, answer: asSchema(flow?.answer) }, ["run", "status"]));
}
