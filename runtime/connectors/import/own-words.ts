import { z } from "zod";
import { Action } from "../../../shared/connector/action.ts";
import { AuthScheme } from "../../../shared/connector/auth-scheme.ts";
import { BaseVariable } from "../../../shared/connector/base-variable.ts";
import { Connector, Verification } from "../../../shared/connector/connector.ts";
import { Endpoint, EndpointKey } from "../../../shared/connector/endpoint.ts";
import { Parameter } from "../../../shared/connector/parameter.ts";
import { type JsonObject, objectOf } from "./json-object.ts";

/** Where an export of ours writes what OpenAPI has no words for. Any file may hold anything there, so it is checked. */
export const ownWordsKey = "x-patchbay";

/** In an operation. */
export const OwnEndpointWords = z.object({
  ...Endpoint.pick({
    effect: true,
    billed: true,
    idempotencyHeader: true,
    limitGroup: true,
    pagination: true,
    test: true,
    body: true,
    responseOrigin: true,
  }).partial().shape,
  key: EndpointKey.optional(),
  /** null: it came from no file. */
  imported: z.string().max(300).nullable().optional(),
  /** Where the file has to write it in another way. */
  path: Endpoint.shape.path.optional(),
  /** By place and name on the wire. */
  parameters: z
    .record(
      z.string(),
      Parameter.pick({
        key: true,
        wireName: true,
        style: true,
        explode: true,
        link: true,
        type: true,
        file: true,
        hidden: true,
      }).partial(),
    )
    .optional(),
});
export type OwnEndpointWords = z.infer<typeof OwnEndpointWords>;

/** In a server, and in a security scheme. */
export const OwnServerWords = z.object({ variables: z.array(BaseVariable).max(10) });
export const OwnSchemeWords = z.object({ auth: AuthScheme });

/** In the document. */
export const OwnConnectorWords = z.object({
  limits: Connector.shape.limits,
  verification: Verification.optional(),
  actions: z.array(Action).max(200).optional(),
});
export type OwnConnectorWords = z.infer<typeof OwnConnectorWords>;

/** Of an object of the file; null when it has none, or others. */
export function ownWordsOf<Words>(schema: z.ZodType<Words>, object: JsonObject): Words | null {
  if (object[ownWordsKey] === undefined) return null;
  const parsed = schema.safeParse(objectOf(object[ownWordsKey]));
  return parsed.success ? parsed.data : null;
}

/** The endpoint as it was exported, as far as that fits what the file says. */
export function withOwnWords(words: OwnEndpointWords | null, endpoint: Endpoint): Endpoint {
  if (!words) return endpoint;
  const { parameters = {}, imported, key: _key, ...rest } = words;
  const named = endpoint.parameters.map((parameter) => {
    const wire = `${parameter.in} ${parameter.wireName ?? parameter.key}`;
    const own = Object.hasOwn(parameters, wire) ? parameters[wire] : undefined;
    return own ? { ...parameter, ...own } : parameter;
  });
  const { pagination: _pagination, imported: found, ...kept } = endpoint;
  const identity = imported === undefined ? found : (imported ?? undefined);
  const whole = Endpoint.safeParse({
    ...kept,
    ...rest,
    parameters: named,
    ...(identity !== undefined && { imported: identity }),
  });
  const keys = new Set(named.map(({ key }) => key));
  return whole.success && keys.size === named.length ? whole.data : endpoint;
}
