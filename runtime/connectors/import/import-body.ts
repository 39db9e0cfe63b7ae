import type { EndpointBody } from "../../../shared/connector/endpoint.ts";
import type { Parameter, ParameterStyle } from "../../../shared/connector/parameter.ts";
import type { Json } from "../../../shared/json.ts";
import type { Imported } from "./import-parameters.ts";
import { flattenSchema } from "./inline-schema.ts";
import { follow, isObject, type JsonObject, listOf, objectOf, textOf } from "./json-object.ts";
import { exampleOf, makeParameter, typeOf } from "./make-parameter.ts";
import { OwnEndpointWords, ownWordsOf } from "./own-words.ts";

export type ImportedBody = Imported & { body: EndpointBody | null };

/** The fields of an operation's body as parameters; a body that has none is one parameter. */
export function importBody(root: JsonObject, method: string, operation: JsonObject, budget: number): ImportedBody {
  const imported: ImportedBody = { parameters: [], links: [], notes: [], blocked: null, body: null };
  if (operation.requestBody === undefined) return imported;
  const requestBody = follow(root, operation.requestBody);
  if (method === "GET") {
    // RFC 9110, 9.3.1: content of a GET has no meaning.
    if (requestBody.required === true) return { ...imported, blocked: "it is a GET that needs a body, which cannot be sent" };
    return { ...imported, notes: ["a GET has no body: left out"] };
  }
  const content = objectOf(requestBody.content);
  const media = chooseMedia(content);
  if (media === null) return imported;
  if (method === "DELETE") imported.notes.push("some servers ignore the body of a DELETE");
  const others = Object.keys(content).filter((name) => name !== media.name);
  if (others.length > 0 && media.kind !== "json")
    imported.notes.push(`its body may also be ${others.slice(0, 3).join(", ").slice(0, 200)}: ${media.name} was taken`);
  const source = objectOf(content[media.name]);
  const context = { root, source, required: requestBody.required === true, budget, imported };
  const type = contentTypeOf(media);
  switch (media.kind) {
    case "form":
    case "multipart":
      return withFields(context, { as: media.kind, ...type }) ?? withoutFields(imported, media.name);
    case "json":
      return (
        (isOneValue(operation) ? null : withFields(context, { as: "json", ...type })) ?? whole(context, { as: "value", ...type })
      );
    case "raw":
      return whole(context, { as: "raw", contentType: type.contentType ?? "application/octet-stream" });
  }
}

/** An object of known fields may have been written as a whole. */
function isOneValue(operation: JsonObject): boolean {
  return ownWordsOf(OwnEndpointWords, operation)?.body?.as === "value";
}

/** The media type of JSON in a content map, if there is one. */
export function jsonMediaType(content: JsonObject): string | null {
  const names = Object.keys(content);
  return (
    names.find((name) => baseOf(name) === "application/json") ??
    names.find((name) => /^[\w.-]+\/([\w.-]+\+)?json$/.test(baseOf(name))) ??
    names.find((name) => baseOf(name) === "*/*" || baseOf(name) === "application/*") ??
    null
  );
}

type Media = { kind: "json" | "form" | "multipart" | "raw"; name: string };

/** JSON before forms, forms before text. */
function chooseMedia(content: JsonObject): Media | null {
  const names = Object.keys(content);
  const json = jsonMediaType(content);
  if (json !== null) return { kind: "json", name: json };
  const form = names.find((name) => baseOf(name) === "application/x-www-form-urlencoded");
  if (form !== undefined) return { kind: "form", name: form };
  const multipart = names.find((name) => baseOf(name).startsWith("multipart/"));
  if (multipart !== undefined) return { kind: "multipart", name: multipart };
  const [first] = names;
  return first === undefined ? null : { kind: "raw", name: first };
}

function baseOf(name: string): string {
  return (name.split(";")[0] ?? "").trim().toLowerCase();
}

/** Where it is another one than the kind of body brings along. */
function contentTypeOf({ kind, name }: Media): { contentType?: string } {
  const base = baseOf(name);
  const usual = {
    json: "application/json",
    form: "application/x-www-form-urlencoded",
    multipart: "multipart/form-data",
    raw: "",
  };
  if (base === usual[kind] || base.includes("*") || kind === "multipart" || base.length > 120) return {};
  return /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+$/.test(base) ? { contentType: base } : {};
}

type Context = { root: JsonObject; source: JsonObject; required: boolean; budget: number; imported: ImportedBody };

/** Null where the body has no declared fields. */
function withFields({ root, source, budget, imported }: Context, body: EndpointBody): ImportedBody | null {
  const form = fieldsOf(root, source.schema);
  if (!form) return null;
  if (form.several)
    imported.notes.push("its body has several forms: the fields of all are listed, and only those of all are required");
  const encodings = objectOf(source.encoding);
  let left = budget;
  let [circular, cut] = [false, false];
  for (const [key, field] of Object.entries(form.properties)) {
    const own = follow(root, field);
    if (objectOf(field).readOnly === true || own.readOnly === true) continue;
    const made = makeParameter(root, {
      key,
      place: "body",
      source: field,
      required: form.required.includes(key),
      budget: Math.max(200, left),
      writing: body.as === "json" ? {} : writingOf(root, own, objectOf(encodings[key]), body.as),
      words: objectOf(field),
      example: own.example ?? listOf(own.examples)[0],
    });
    if (typeof made === "string") {
      imported.notes.push(`${made}: left out`);
      continue;
    }
    left -= JSON.stringify(made.parameter).length;
    circular ||= made.circular;
    cut ||= made.cut;
    imported.parameters.push(made.parameter);
    imported.notes.push(...made.notes);
    if (made.link) imported.links.push(made.link);
  }
  if (circular) imported.notes.push("its body holds a schema that contains itself: cut where it begins again");
  if (cut) imported.notes.push("the schema of its body is large: the deeper parts are cut to their type");
  // What JSON without fields means is what is left out.
  return { ...imported, body: body.as === "json" && body.contentType === undefined ? null : body };
}

/** A body that is one value, e.g. an array, a text or an object of any fields. */
function whole({ root, source, required, budget, imported }: Context, body: EndpointBody): ImportedBody {
  const own = follow(root, source.schema);
  const made = makeParameter(root, {
    key: "body",
    place: "body",
    source:
      body.as === "raw"
        ? { type: "string", ...(own.description !== undefined && { description: own.description }) }
        : openSchema(source.schema),
    required,
    budget,
    writing: {},
    words: {},
    example: exampleOf(root, source) ?? own.example,
  });
  if (typeof made === "string") return { ...imported, notes: [...imported.notes, made] };
  const notes = made.cut ? ["the schema of its body is large: the deeper parts are cut to their type"] : [];
  if (made.circular) notes.push("its body holds a schema that contains itself: cut where it begins again");
  return { ...imported, parameters: [made.parameter], notes: [...imported.notes, ...notes], body };
}

/** Of a schema that says nothing, an object is the likeliest. */
function openSchema(schema: Json | undefined): Json {
  return isObject(schema) && Object.keys(schema).length > 0 ? schema : { type: "object" };
}

function withoutFields(imported: ImportedBody, media: string): ImportedBody {
  return { ...imported, notes: [...imported.notes, `its body is ${media} and declares no fields: add them by hand`] };
}

const formStyles: readonly ParameterStyle[] = ["form", "spaceDelimited", "pipeDelimited", "deepObject"];

/** How a field of a form is written (OpenAPI 3.1, 4.8.15), and whether a part is a file. */
function writingOf(
  root: JsonObject,
  own: JsonObject,
  encoding: JsonObject,
  as: string,
): Pick<Parameter, "style" | "explode" | "file"> {
  if (as === "multipart") {
    const item = typeOf(own) === "array" ? follow(root, own.items) : own;
    const media = textOf(encoding.contentType) ?? textOf(item.contentMediaType);
    const binary = item.format === "binary" || item.format === "base64" || item.format === "byte";
    const file = binary || (media !== undefined && !/^(text\/plain|application\/([\w.-]+\+)?json)\b/i.test(media));
    return file ? { file } : {};
  }
  if (/^application\/([\w.-]+\+)?json\b/i.test(textOf(encoding.contentType) ?? "")) return { style: "json" };
  const style = formStyles.find((name) => name === encoding.style);
  const explode = encoding.explode;
  const exploded = style === undefined || style === "form" || style === "deepObject";
  return {
    ...(style !== undefined && { style }),
    ...(typeof explode === "boolean" && explode !== exploded && style !== "deepObject" && { explode }),
  };
}

type Fields = { properties: JsonObject; required: Json[]; several: boolean };

/** Null when a body has none. A choice between objects has the fields of all of them. */
function fieldsOf(root: JsonObject, source: Json | undefined): Fields | null {
  const schema = flattenSchema(root, source);
  const variants = [...listOf(schema.oneOf), ...listOf(schema.anyOf)].map((variant) => flattenSchema(root, variant));
  const forms = [schema, ...variants].filter(({ properties }) => isObject(properties) && Object.keys(properties).length > 0);
  if (forms.length === 0) return null;
  // A choice that also allows something else than an object is one value.
  if (schema.properties === undefined && variants.some((variant) => !isObject(variant.properties) && !mayBeObject(variant)))
    return null;
  const choices = variants.length > 0 ? variants : [{}];
  const inAll = listOf(choices[0]?.required).filter((key) => choices.every(({ required }) => listOf(required).includes(key)));
  return {
    properties: Object.assign({}, ...forms.map(({ properties }) => properties)) as JsonObject,
    required: [...listOf(schema.required), ...inAll],
    several: variants.length > 1,
  };
}

function mayBeObject({ type }: JsonObject): boolean {
  return type === undefined || type === "object" || type === "null" || (Array.isArray(type) && type.includes("object"));
}
