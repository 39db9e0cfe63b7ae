import type { Json } from "../json.ts";
import type { Endpoint } from "./endpoint.ts";
import type { Trigger, TriggerField } from "./trigger.ts";

/** What is wrong with a value of a trigger's form, by the field's key. */
export type TriggerInputProblem = {
  key: string;
  code: "missing_input" | "wrong_type" | "unknown_input" | "not_in_list";
  message: string;
};

/** Checks the values that a flow gives a trigger's form; they are fixed, since nothing has happened yet that they could name. */
export function triggerInputProblems(
  { name, form }: Trigger,
  endpoints: readonly Endpoint[],
  inputs: Readonly<Record<string, Json>>,
): TriggerInputProblem[] {
  const known = new Set(form.map(({ key }) => key));
  const unknown = Object.keys(inputs).filter((key) => !known.has(key));
  return [
    ...unknown.map((key) => ({ key, code: "unknown_input" as const, message: `"${name}" has no field "${key}"` })),
    ...form.flatMap((field): TriggerInputProblem[] => {
      const value = Object.hasOwn(inputs, field.key) ? inputs[field.key] : undefined;
      if (value === undefined || value === null || value === "") {
        const missing = field.required && field.default === undefined;
        return missing ? [{ key: field.key, code: "missing_input", message: `"${field.name}" is required` }] : [];
      }
      if (typeof value !== field.type)
        return [{ key: field.key, code: "wrong_type", message: `"${field.name}" must be ${typeWords[field.type]}` }];
      if (isListed(field, endpoints, value)) return [];
      const message = `"${field.name}" must be one of the values in its list, not ${JSON.stringify(value)}`;
      return [{ key: field.key, code: "not_in_list", message }];
    }),
  ];
}

/** The values that a trigger works with: those that were filled in, and the defaults of the others. */
export function triggerInputs({ form }: Trigger, inputs: Readonly<Record<string, Json>>): Record<string, Json> {
  return Object.fromEntries(
    form.flatMap(({ key, default: preset }): [string, Json][] => {
      const value = Object.hasOwn(inputs, key) ? inputs[key] : undefined;
      const filled = value === undefined || value === null || value === "" ? preset : value;
      return filled === undefined ? [] : [[key, filled]];
    }),
  );
}

const typeWords = { string: "text", number: "a number", boolean: "true or false" } as const;

/** What a list fetched from the API holds is not known here. */
function isListed({ like }: TriggerField, endpoints: readonly Endpoint[], value: Json): boolean {
  const endpoint = endpoints.find(({ key }) => key === like?.endpoint);
  const link = endpoint?.parameters.find(({ key }) => key === like?.parameter)?.link;
  return link?.kind !== "static" || link.allowCustom || link.values.some((known) => String(known.value) === String(value));
}
