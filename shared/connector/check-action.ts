import type { Action } from "./action.ts";
import type { ConnectorDraft } from "./connector.ts";

/** `field`: a path within the action, e.g. `inputs.0.parameter`. */
export type ActionProblem = { field: string; message: string };

/** The first thing that keeps an action from calling its endpoint; null when nothing does. */
export function actionProblem({ endpoints }: Pick<ConnectorDraft, "endpoints">, action: Action): ActionProblem | null {
  const endpoint = endpoints.find(({ key }) => key === action.endpoint);
  if (!endpoint) return { field: "endpoint", message: `there is no endpoint "${action.endpoint}"` };
  const parameters = new Set(endpoint.parameters.map(({ key }) => key));
  const seen = new Set<string>();
  for (const [index, { parameter }] of action.inputs.entries()) {
    if (!parameters.has(parameter))
      return { field: `inputs.${index}.parameter`, message: `"${endpoint.name}" has no parameter "${parameter}"` };
    if (seen.has(parameter)) return { field: `inputs.${index}.parameter`, message: `"${parameter}" is an input already` };
    seen.add(parameter);
  }
  for (const key of Object.keys(action.fixed)) {
    if (!parameters.has(key)) return { field: `fixed.${key}`, message: `"${endpoint.name}" has no parameter "${key}"` };
    if (seen.has(key)) return { field: `fixed.${key}`, message: `"${key}" is both an input and fixed` };
  }
  const missing = endpoint.parameters.find(
    ({ key, required, default: preset }) =>
      required && preset === undefined && !seen.has(key) && !Object.hasOwn(action.fixed, key),
  );
  if (missing)
    return {
      field: "inputs",
      message: `"${missing.name}" is required by "${endpoint.name}": make it an input, or give it a value`,
    };
  const names = new Set<string>();
  for (const [index, { name }] of (action.output ?? []).entries()) {
    if (names.has(name)) return { field: `output.${index}.name`, message: `another output field is called "${name}"` };
    names.add(name);
  }
  return null;
}
