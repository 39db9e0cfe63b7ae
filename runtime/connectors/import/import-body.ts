import type { Json } from "../../../shared/json.ts";
import { bodyParameter, type Imported } from "./import-parameters.ts";
import { flattenSchema } from "./inline-schema.ts";
import { follow, isObject, type JsonObject, listOf, objectOf } from "./json-object.ts";

/** The fields of an operation's JSON body as parameters; other bodies are left out, with the reason. */
export function importBody(root: JsonObject, operation: JsonObject, budget: number): Imported {
  const imported: Imported = { parameters: [], notes: [], blocked: null };
  if (operation.requestBody === undefined) return imported;
  const requestBody = follow(root, operation.requestBody);
  const leaveOut = (reason: string): Imported =>
    requestBody.required === true ? { ...imported, blocked: reason } : { ...imported, notes: [`${reason}: left out`] };
  const content = objectOf(requestBody.content);
  const media = jsonMediaType(content);
  if (media === null) {
    const names = Object.keys(content).join(", ");
    return leaveOut(`its body is ${names || "of no type"}, and only JSON can be sent yet`);
  }
  const form = fieldsOf(root, objectOf(content[media]).schema);
  if (typeof form === "string") return leaveOut(form);
  if (form.several)
    imported.notes.push("its body has several forms: the fields of all are listed, and only those of all are required");
  let left = budget;
  let [circular, cut] = [false, false];
  for (const [key, source] of Object.entries(form.properties)) {
    if (objectOf(source).readOnly === true || follow(root, source).readOnly === true) continue;
    const field = bodyParameter(root, { key, source, required: form.required.includes(key), budget: Math.max(200, left) });
    left -= JSON.stringify(field.parameter).length;
    circular ||= field.circular;
    cut ||= field.cut;
    if (field.parameter) imported.parameters.push(field.parameter);
    else imported.notes.push(`the body field "${key.slice(0, 100)}" has a name of more than 120 characters: left out`);
  }
  if (circular) imported.notes.push("its body holds a schema that contains itself: cut where it begins again");
  if (cut) imported.notes.push("the schema of its body is large: the deeper parts are cut to their type");
  if (media !== "application/json" && media !== "*/*") imported.parameters.push(contentType(media));
  return imported;
}

/** The media type of JSON in a content map, if there is one. */
export function jsonMediaType(content: JsonObject): string | null {
  const names = Object.keys(content);
  const base = (name: string) => (name.split(";")[0] ?? "").trim().toLowerCase();
  return (
    names.find((name) => base(name) === "application/json") ??
    names.find((name) => /^[\w.-]+\/([\w.-]+\+)?json$/.test(base(name))) ??
    names.find((name) => base(name) === "*/*" || base(name) === "application/*") ??
    null
  );
}

type Fields = { properties: JsonObject; required: Json[]; several: boolean };

/** Or why a body has no fields. A choice between objects has the fields of all of them. */
function fieldsOf(root: JsonObject, source: Json | undefined): Fields | string {
  const schema = flattenSchema(root, source);
  const variants = [...listOf(schema.oneOf), ...listOf(schema.anyOf)].map((variant) => flattenSchema(root, variant));
  const forms = [schema, ...variants].filter(({ properties }) => isObject(properties));
  if (forms.length === 0) {
    const { type } = schema;
    return type === undefined || type === "object"
      ? "its body is an object without declared fields"
      : `its body is ${JSON.stringify(type)}, and only objects can be sent yet`;
  }
  const choices = variants.length > 0 ? variants : [{}];
  const inAll = listOf(choices[0]?.required).filter((key) => choices.every(({ required }) => listOf(required).includes(key)));
  return {
    properties: Object.assign({}, ...forms.map(({ properties }) => properties)) as JsonObject,
    required: [...listOf(schema.required), ...inAll],
    several: variants.length > 1,
  };
}

/** Sent instead of `application/json`. */
function contentType(media: string) {
  const description = "The API's own type of JSON.";
  return {
    key: "Content-Type",
    name: "Content type",
    in: "header",
    type: "string",
    required: false,
    description,
    default: media,
  } as const;
}
