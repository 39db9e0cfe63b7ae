import type { Endpoint } from "../../../shared/connector/endpoint.ts";
import { cutSample } from "../../../shared/connector/infer-schema.ts";
import { jsonMediaType } from "./import-body.ts";
import { inlineSchema } from "./inline-schema.ts";
import { follow, type JsonObject, objectOf } from "./json-object.ts";
import { exampleOf, typeOf } from "./make-parameter.ts";

type Response = Pick<Endpoint, "responseSchema" | "responseOrigin" | "responseSample">;
/** `paged`: the answer is a list whose next page a `Link` header names (RFC 8288). */
export type ImportedResponse = { response: Response; paged: boolean; notes: string[] };

/** What an operation's first 2xx JSON answer looks like. */
export function importResponse(root: JsonObject, operation: JsonObject, budget: number): ImportedResponse {
  for (const [status, value] of Object.entries(objectOf(operation.responses))) {
    if (!/^2(\d\d|XX)$/i.test(status)) continue;
    const answer = follow(root, value);
    const content = objectOf(answer.content);
    const media = jsonMediaType(content);
    if (media === null) continue;
    const source = objectOf(content[media]);
    const response: Response = {};
    const notes: string[] = [];
    let paged = false;
    if (source.schema !== undefined) {
      const inlined = inlineSchema(root, source.schema, budget);
      response.responseSchema = inlined.schema;
      response.responseOrigin = "declared";
      paged = typeOf(inlined.schema) === "array" && Object.keys(objectOf(answer.headers)).some((name) => /^link$/i.test(name));
      if (inlined.circular) notes.push("its answer holds a schema that contains itself: cut where it begins again");
      if (inlined.cut) notes.push("the schema of its answer is large: the deeper parts are cut to their type");
    }
    const sample = exampleOf(root, source) ?? follow(root, source.schema).example;
    if (sample !== undefined && sample !== null) response.responseSample = cutSample(sample);
    return { response, paged, notes };
  }
  return { response: {}, paged: false, notes: [] };
}
