import type { Action, ActionCategory, OutputField } from "../../../shared/connector/action.ts";
import { actionOutput } from "../../../shared/connector/action-call.ts";
import { withPathParameters } from "../../../shared/connector/apply-connector-edit.ts";
import type { Endpoint } from "../../../shared/connector/endpoint.ts";
import { cutSample, inferSchema } from "../../../shared/connector/infer-schema.ts";
import type { Parameter, ParameterType } from "../../../shared/connector/parameter.ts";
import type { Json } from "../../../shared/json.ts";
import { endpointKey } from "../connectors/endpoint-key.ts";

/** What an action does with one parameter of its endpoint. */
export type ParameterUse = { use: "input" } | { use: "fixed"; value: Json } | { use: "unused" };

/** An action while its wizard is open. */
export type ActionDraft = {
  name: string;
  description: string;
  category: ActionCategory;
  /** The call: an endpoint of the connector, or a new one that is saved with the action. */
  endpoint: Endpoint;
  /** Key of the endpoint as it is saved; null: it is new. */
  saved: string | null;
  uses: Record<string, ParameterUse>;
  /** Sample values of its inputs. */
  inputs: Record<string, Json>;
  /** An answer: of the test, or pasted. */
  sample: Json | undefined;
  /** Null: the whole answer. */
  output: OutputField[] | null;
};

export const newCall: Endpoint = { key: "new-call", name: "", method: "GET", path: "/", parameters: [] };

export function newActionDraft(): ActionDraft {
  return {
    name: "",
    description: "",
    category: "retrieve",
    endpoint: newCall,
    saved: null,
    uses: {},
    inputs: {},
    sample: undefined,
    output: null,
  };
}

/** The draft of an action that there is, or null when its endpoint is gone. */
export function draftOf(action: Action, endpoints: readonly Endpoint[]): ActionDraft | null {
  const endpoint = endpoints.find(({ key }) => key === action.endpoint);
  if (!endpoint) return null;
  const inputs = new Set(action.inputs.map(({ parameter }) => parameter));
  const uses = Object.fromEntries(
    endpoint.parameters.map(({ key }): [string, ParameterUse] => [
      key,
      inputs.has(key)
        ? { use: "input" }
        : Object.hasOwn(action.fixed, key)
          ? { use: "fixed", value: action.fixed[key] ?? null }
          : { use: "unused" },
    ]),
  );
  const { name, description, category, output } = action;
  return {
    name,
    description,
    category,
    endpoint,
    saved: endpoint.key,
    uses,
    inputs: {},
    sample: endpoint.responseSample ?? action.outputSample,
    output: output ?? null,
  };
}

/** What is done with a parameter unless somebody says otherwise: it is filled in by whoever uses the action. */
export function chosenUse({ uses }: Pick<ActionDraft, "uses">, { key, hidden }: Parameter): ParameterUse {
  return uses[key] ?? { use: hidden ? "unused" : "input" };
}

/** The action that the draft describes; `taken`: keys of the connector's other actions. */
export function actionOf(draft: ActionDraft, key: string): Action {
  const { name, description, category, endpoint, sample, output } = draft;
  const used = endpoint.parameters.map((parameter) => ({ parameter, use: chosenUse(draft, parameter) }));
  const given = sample === undefined ? undefined : actionOutput({ output: output ?? undefined } as Action, sample);
  return {
    key,
    name: name.trim(),
    description: description.trim(),
    category,
    endpoint: endpoint.key,
    inputs: used.flatMap(({ parameter, use }) => (use.use === "input" ? [{ parameter: parameter.key }] : [])),
    fixed: Object.fromEntries(used.flatMap(({ parameter, use }) => (use.use === "fixed" ? [[parameter.key, use.value]] : []))),
    ...(output && { output }),
    ...(given !== undefined && { outputSchema: inferSchema([given]), outputSample: cutSample(given) }),
  };
}

/** A new call under the name of its action, with a key that no other endpoint has. */
export function namedCall(draft: ActionDraft, taken: readonly string[]): Endpoint {
  const { endpoint, saved, name, description } = draft;
  if (saved !== null) return withPathParameters(endpoint);
  return withPathParameters({
    ...endpoint,
    key: endpointKey(name, taken),
    name: name.trim(),
    ...(description.trim() !== "" && { description: description.trim() }),
  });
}

/**
 * The body parameters of a JSON body as it is written in the wizard: a field whose value is `{name}` is a parameter, any other one
 * has its value as the default. Null: it is no JSON object.
 */
export function bodyParameters(body: Json): Parameter[] | null {
  if (typeof body !== "object" || body === null || Array.isArray(body)) return null;
  return Object.entries(body).map(([field, value]): Parameter => {
    const key = typeof value === "string" ? /^\{([A-Za-z_]\w*)\}$/.exec(value)?.[1] : undefined;
    const common = { in: "body", required: key !== undefined } as const;
    if (key !== undefined) {
      const wire = key === field ? {} : { wireName: field };
      return { key, name: key, type: "string", ...common, ...wire };
    }
    return { key: field, name: field, type: typeOf(value), ...common, ...(value !== null && { default: value }) };
  });
}

/** The JSON body that gives these parameters: the other direction. */
export function bodyText(parameters: readonly Parameter[]): string {
  const fields = parameters.filter((parameter) => parameter.in === "body");
  if (fields.length === 0) return "";
  return JSON.stringify(
    Object.fromEntries(fields.map(({ key, wireName, default: preset }) => [wireName ?? key, preset ?? `{${key}}`])),
    null,
    2,
  );
}

function typeOf(value: Json): ParameterType {
  if (Array.isArray(value)) return "array";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  return typeof value === "boolean" ? "boolean" : typeof value === "object" && value !== null ? "object" : "string";
}
