import type { Endpoint } from "../../../shared/connector/endpoint.ts";
import { cutSample } from "../../../shared/connector/infer-schema.ts";
import type { Json } from "../../../shared/json.ts";
import { jsonMediaType } from "./import-body.ts";
import { inlineSchema } from "./inline-schema.ts";
import { follow, type JsonObject, objectOf } from "./json-object.ts";

type Response = Pick<Endpoint, "responseSchema" | "responseOrigin" | "responseSample">;

/** What an operation's first 2xx JSON answer looks like. */
export function importResponse(root: JsonObject, operation: JsonObject, budget: number): { response: Response; notes: string[] } {
  for (const [status, value] of Object.entries(objectOf(operation.responses))) {
    if (!/^2(\d\d|XX)$/i.test(status)) continue;
    const content = objectOf(follow(root, value).content);
    const media = jsonMediaType(content);
    if (media === null) continue;
    const { schema, example, examples } = objectOf(content[media]);
    const response: Response = {};
    const notes: string[] = [];
    if (schema !== undefined) {
      const inlined = inlineSchema(root, schema, budget);
      response.responseSchema = inlined.schema;
      response.responseOrigin = "declared";
      if (inlined.circular) notes.push("its answer holds a schema that contains itself: cut where it begins again");
      if (inlined.cut) notes.push("the schema of its answer is large: the deeper parts are cut to their type");
    }
    const sample = example ?? firstExample(root, examples) ?? follow(root, schema).example;
    if (sample !== undefined && sample !== null) response.responseSample = cutSample(sample);
    return { response, notes };
  }
  return { response: {}, notes: [] };
}

function firstExample(root: JsonObject, examples: Json | undefined): Json | undefined {
  const [first] = Object.values(objectOf(examples));
  return first === undefined ? undefined : follow(root, first).value;
}
