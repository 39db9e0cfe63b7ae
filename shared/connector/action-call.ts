import { parsePath, readPath } from "../flow/expression.ts";
import type { Json } from "../json.ts";
import type { Action } from "./action.ts";
import type { Endpoint } from "./endpoint.ts";
import type { Parameter } from "./parameter.ts";

/** The parameters that whoever uses the action fills in, as it names them, in its order. */
export function actionParameters({ inputs }: Action, endpoint: Endpoint): Parameter[] {
  return inputs.flatMap(({ parameter: key, name, description, required }) => {
    const parameter = endpoint.parameters.find((candidate) => candidate.key === key);
    if (!parameter) return [];
    return {
      ...parameter,
      ...(name !== undefined && { name }),
      ...(description !== undefined && { description }),
      required: parameter.required || required === true,
    };
  });
}

/** The inputs of the endpoint for a use of the action: its fixed values, and of what is given only the inputs that it offers. */
export function actionInputs({ inputs, fixed }: Action, given: Record<string, Json>): Record<string, Json> {
  const offered = inputs.flatMap(({ parameter }): [string, Json][] =>
    Object.hasOwn(given, parameter) ? [[parameter, given[parameter] ?? null]] : [],
  );
  return { ...Object.fromEntries(offered), ...fixed };
}

/** What the action gives for an answer: its output fields, absent ones as null, or the answer itself where it declares none. */
export function actionOutput({ output }: Action, body: Json): Json {
  if (!output) return body;
  return Object.fromEntries(
    output.map(({ name, path }) => {
      const parsed = path === "" ? [] : parsePath(path);
      const value = parsed ? (readPath(body, parsed) as Json | undefined) : undefined;
      return [name, value ?? null];
    }),
  );
}
