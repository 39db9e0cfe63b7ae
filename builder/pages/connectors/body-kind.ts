import { type Endpoint, type EndpointBody, takesBody } from "../../../shared/connector/endpoint.ts";
import { cutSample, inferSchema } from "../../../shared/connector/infer-schema.ts";
import { type Parameter, ParameterType } from "../../../shared/connector/parameter.ts";
import type { Json } from "../../../shared/json.ts";

export type BodyKind = EndpointBody["as"];

const usualTypes: Record<BodyKind, string> = {
  json: "application/json",
  value: "application/json",
  form: "application/x-www-form-urlencoded",
  multipart: "multipart/form-data",
  raw: "text/plain",
};

export function bodyKindOf({ body }: Pick<Endpoint, "body">): BodyKind {
  return body?.as ?? "json";
}

/** What a body of this kind is sent as when nothing else is said. */
export function usualContentType(kind: BodyKind): string {
  return usualTypes[kind];
}

/** The content type that a call has; null where it has no body. */
export function contentTypeOf(endpoint: Pick<Endpoint, "body" | "method" | "parameters">): string | null {
  if (!takesBody(endpoint.method) || !endpoint.parameters.some(({ in: place }) => place === "body")) return null;
  return endpoint.body?.contentType ?? usualTypes[bodyKindOf(endpoint)];
}

/** Is the body one parameter rather than fields? */
export function isWhole(kind: BodyKind): boolean {
  return kind === "value" || kind === "raw";
}

/**
 * The endpoint with another kind of body. A whole body is one parameter; `fields` are those of before, which come back when the body
 * has fields again. What only one kind knows (files, styles, another content type) goes with it.
 */
export function withBodyKind(endpoint: Endpoint, kind: BodyKind, fields: readonly Parameter[]): Endpoint {
  const { body: _, ...rest } = endpoint;
  const others = endpoint.parameters.filter(({ in: place }) => place !== "body");
  const own = endpoint.parameters.filter(({ in: place }) => place === "body");
  const was = bodyKindOf(endpoint);
  const next = isWhole(kind)
    ? [isWhole(was) && own[0] ? { ...own[0], type: wholeType(kind) } : wholeBody(kind)]
    : isWhole(was)
      ? fields
      : own;
  const parameters = [...others, ...next.map((parameter) => fitting(parameter, kind))];
  return kind === "json" ? { ...rest, parameters } : { ...rest, parameters, body: { as: kind } };
}

function wholeBody(kind: BodyKind): Parameter {
  return { key: "body", name: "Body", in: "body", type: wholeType(kind), required: true };
}

function wholeType(kind: BodyKind): ParameterType {
  return kind === "raw" ? "string" : "object";
}

function fitting(parameter: Parameter, kind: BodyKind): Parameter {
  const { file, style, explode, ...rest } = parameter;
  return {
    ...rest,
    ...(kind === "multipart" && file !== undefined && { file }),
    ...(kind === "form" && { ...(style !== undefined && { style }), ...(explode !== undefined && { explode }) }),
  };
}

/** What a field of a sample becomes; `problem` says why a text is no sample. */
export type SampleFields = { fields: Parameter[] } | { problem: string };

/** Body parameters of the fields of a JSON object, with their values as examples. A null says nothing of the type: it is taken for text. */
export function fieldsFromSample(sample: Json): SampleFields {
  if (typeof sample !== "object" || sample === null || Array.isArray(sample))
    return { problem: "A sample for fields is a JSON object: { … }. For anything else choose one whole JSON value as the body." };
  const entries = Object.entries(sample).filter(([key]) => key !== "");
  const fields = entries.map(([key, value]): Parameter => {
    const schema = inferSchema([value]);
    const type = typeIn(schema);
    const isContainer = type === "object" || type === "array";
    const example = value === null ? null : cutSample(value);
    return {
      key: key.slice(0, 120),
      name: wordsOf(key),
      in: "body",
      type,
      required: false,
      ...(isContainer && { schema }),
      ...(example !== null && { example }),
    };
  });
  return fields.length === 0 ? { problem: "The object has no fields." } : { fields };
}

/** Those of a sample beside the ones that are there: a known one keeps its names and takes type and example. */
export function withSampleFields(endpoint: Endpoint, fields: readonly Parameter[]): Endpoint {
  const byKey = new Map(fields.map((field) => [field.key, field]));
  const kept = endpoint.parameters.map((parameter) => {
    const field = parameter.in === "body" ? byKey.get(parameter.wireName ?? parameter.key) : undefined;
    if (!field) return parameter;
    byKey.delete(field.key);
    const { schema: _, ...known } = parameter;
    const { type, example, schema } = field;
    return { ...known, type, ...(example !== undefined && { example }), ...(schema !== undefined && { schema }) };
  });
  return { ...endpoint, parameters: [...kept, ...byKey.values()] };
}

function typeIn(schema: Json): ParameterType {
  const named = typeof schema === "object" && schema !== null && !Array.isArray(schema) ? schema.type : undefined;
  const parsed = ParameterType.safeParse(named);
  return parsed.success ? parsed.data : "string";
}

/** `first_name` and `firstName` as "First name". */
function wordsOf(key: string): string {
  const words = key
    .replace(/([a-z\d])([A-Z])/g, "$1 $2")
    .replace(/[_-]+/g, " ")
    .trim()
    .toLowerCase();
  return words === "" ? key.slice(0, 120) : `${words.charAt(0).toUpperCase()}${words.slice(1)}`.slice(0, 120);
}
