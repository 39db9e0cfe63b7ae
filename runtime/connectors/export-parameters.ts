import { type Endpoint, takesBody } from "../../shared/connector/endpoint.ts";
import type { Parameter } from "../../shared/connector/parameter.ts";
import type { DynamicLink } from "../../shared/connector/parameter-link.ts";
import type { Json } from "../../shared/json.ts";
import { type JsonObject, objectOf } from "./import/json-object.ts";
import { typeOf } from "./import/make-parameter.ts";
import type { OwnEndpointWords } from "./import/own-words.ts";

/** The parameters beside the body, with the header that makes repeated calls harmless among them. */
export function exportParameters(endpoint: Endpoint): Json[] {
  const { idempotencyHeader, parameters } = endpoint;
  const header =
    idempotencyHeader === undefined
      ? []
      : [{ name: idempotencyHeader, in: "header", schema: { type: "string" }, description: "Makes a repeated call harmless." }];
  return [...header, ...parameters.filter(({ in: place }) => place !== "body").map((parameter) => parameterOf(parameter))];
}

function parameterOf(parameter: Parameter): JsonObject {
  const { in: place, required, style, explode, example } = parameter;
  const schema = schemaOf(parameter);
  const deep = style === "deepObject" && explode === undefined;
  return {
    name: wireOf(parameter),
    in: place,
    ...((required || place === "path") && { required: true }),
    ...(style === "json"
      ? { content: { "application/json": { schema, ...(example !== undefined && { example }) } } }
      : { schema, ...(style && { style }), ...(explode !== undefined ? { explode } : deep && { explode: true }) }),
    ...(style !== "json" && example !== undefined && { example }),
    ...shownWords(parameter),
  };
}

/** The body in the form that the endpoint has; null where it has none. */
export function exportBody({ method, body, parameters }: Endpoint): JsonObject | null {
  const fields = parameters.filter(({ in: place }) => place === "body");
  const [first] = fields;
  if (!first || (!takesBody(method) && method !== "DELETE")) return null;
  const as = body?.as ?? "json";
  const media = body?.contentType ?? usualMedia[as];
  const required = fields.some((field) => field.required);
  if (as === "value" || as === "raw") {
    const { example } = first;
    const schema = { ...schemaOf(first), ...shownWords(first) };
    const content = { schema: as === "raw" ? { ...schema, type: "string" } : schema, ...(example !== undefined && { example }) };
    return { ...(required && { required }), content: { [media]: content } };
  }
  const demanded = fields.filter((field) => field.required).map(wireOf);
  const encoding = Object.fromEntries(fields.flatMap((field) => encodingOf(field, as)));
  const schema = {
    type: "object",
    properties: Object.fromEntries(fields.map((field) => [wireOf(field), propertyOf(field)])),
    ...(demanded.length > 0 && { required: demanded }),
  };
  return {
    ...(required && { required }),
    content: { [media]: { schema, ...(Object.keys(encoding).length > 0 && { encoding }) } },
  };
}

const usualMedia = {
  json: "application/json",
  value: "application/json",
  form: "application/x-www-form-urlencoded",
  multipart: "multipart/form-data",
  raw: "text/plain",
};

function propertyOf(field: Parameter): JsonObject {
  const schema = schemaOf(field);
  const bytes = { type: "string", contentMediaType: "application/octet-stream" };
  const written = field.file ? (field.type === "array" ? { type: "array", items: bytes } : bytes) : schema;
  return { ...written, ...(field.example !== undefined && { examples: [field.example] }), ...shownWords(field) };
}

/** How a field of a form is written, where that is not the usual way. */
function encodingOf(field: Parameter, as: string): [string, Json][] {
  const { style, explode } = field;
  if (as !== "form" || (style === undefined && explode === undefined)) return [];
  if (style === "json") return [[wireOf(field), { contentType: "application/json" }]];
  const deep = style === "deepObject" && explode === undefined;
  return [[wireOf(field), { ...(style && { style }), ...(explode !== undefined ? { explode } : deep && { explode: true }) }]];
}

function schemaOf({ type, schema, default: preset }: Parameter): JsonObject {
  return { ...(schema === undefined ? { type } : objectOf(schema)), ...(preset !== undefined && { default: preset }) };
}

/** For people, and for tools that know these extensions. */
function shownWords(parameter: Parameter): JsonObject {
  const { name, description, hidden, advanced, link } = parameter;
  const visibility = hidden ? "internal" : advanced ? "advanced" : undefined;
  return {
    ...(description !== undefined && { description }),
    "x-ms-summary": name,
    ...(visibility !== undefined && { "x-ms-visibility": visibility }),
    ...(link?.kind === "dynamic" && { "x-ms-dynamic-list": listOf(link) }),
  };
}

function listOf({ endpoint, items, value, label, args }: DynamicLink): JsonObject {
  const slashed = (path: string) => path.replaceAll(".", "/");
  const parameters = Object.entries(args).map(([key, argument]): [string, Json] => [
    key,
    "from" in argument ? { parameterReference: argument.from } : { value: argument.value },
  ]);
  return {
    operationId: endpoint,
    ...(items !== "" && { itemsPath: slashed(items) }),
    itemValuePath: slashed(value),
    itemTitlePath: slashed(label ?? value),
    ...(parameters.length > 0 && { parameters: Object.fromEntries(parameters) }),
  };
}

/** What a file cannot say of its parameters, by place and name on the wire. */
export function ownParameters({ parameters, body }: Endpoint): NonNullable<OwnEndpointWords["parameters"]> {
  const whole = body?.as === "value" || body?.as === "raw";
  return Object.fromEntries(
    parameters.flatMap((parameter) => {
      const { key, wireName, in: place, type, link, hidden, style, explode, file } = parameter;
      const wire = whole && place === "body" ? "body" : (wireName ?? key);
      const usual = file ? type === "string" || type === "array" : typeOf(schemaOf(parameter)) === type;
      const words = {
        ...((wire !== key || wireName !== undefined) && { key, ...(wireName !== undefined && { wireName }) }),
        ...(!usual && { type }),
        ...(link && { link }),
        ...(hidden && { hidden }),
        // Parts of a multipart body have no style in a file.
        ...(body?.as === "multipart" && style && { style, ...(explode !== undefined && { explode }) }),
      };
      return Object.keys(words).length > 0 ? [[`${place} ${wire}`, words]] : [];
    }),
  );
}

function wireOf({ key, wireName, in: place }: Parameter): string {
  // A path names its parameters by key.
  return place === "path" ? key : (wireName ?? key);
}
