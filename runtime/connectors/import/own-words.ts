import { z } from "zod";
import { Endpoint, EndpointKey } from "../../../shared/connector/endpoint.ts";
import { Parameter } from "../../../shared/connector/parameter.ts";
import { type JsonObject, objectOf } from "./json-object.ts";

/** What OpenAPI has no words for, as an export of ours writes it below `x-patchbay`; a file may hold anything there, so it is checked. */
export const OwnEndpointWords = Endpoint.pick({
  effect: true,
  billed: true,
  idempotencyHeader: true,
  limitGroup: true,
  pagination: true,
  test: true,
  body: true,
  responseOrigin: true,
})
  .partial()
  .extend({
    key: EndpointKey.optional(),
    imported: z.string().max(300).nullable().optional(),
    /** By place and name on the wire. */
    parameters: z
      .record(
        z.string(),
        Parameter.pick({ key: true, wireName: true, style: true, explode: true, link: true, type: true, file: true }).partial(),
      )
      .optional(),
    /** Where the path was written with colons, or an escape. */
    path: Endpoint.shape.path.optional(),
  });
export type OwnEndpointWords = z.infer<typeof OwnEndpointWords>;

export const ownWordsKey = "x-patchbay";

/** The endpoint as it was exported, as far as it still is what the file says. */
export function ownWords(operation: JsonObject, endpoint: Endpoint): Endpoint {
  if (operation[ownWordsKey] === undefined) return endpoint;
  const parsed = OwnEndpointWords.safeParse(objectOf(operation[ownWordsKey]));
  if (!parsed.success) return endpoint;
  const { parameters = {}, imported, ...words } = parsed.data;
  const named = endpoint.parameters.map((parameter) => {
    const own = parameters[`${parameter.in} ${parameter.wireName ?? parameter.key}`];
    if (!own) return parameter;
    const { wireName: _, style: __, explode: ___, ...rest } = parameter;
    return { ...rest, ...own };
  });
  const { pagination: _, imported: found, ...rest } = endpoint;
  const identity = imported === undefined ? found : (imported ?? undefined);
  const merged = { ...rest, ...words, parameters: named, ...(identity !== undefined && { imported: identity }) };
  const whole = Endpoint.safeParse(merged);
  return whole.success ? whole.data : endpoint;
}
