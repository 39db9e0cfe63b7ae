import type { Json } from "../json.ts";
import type { FormField } from "./form-field.ts";

/** What is wrong with a value that a person filled in; `field` is its key. */
export type FormProblem = { field: string; message: string };

/** Checks what was filled in against a form: what is required, of which type it is, and that a choice is one of the offered. */
export function formProblems(form: readonly FormField[], body: Json | undefined): FormProblem[] {
  if (body !== undefined && body !== null && (typeof body !== "object" || Array.isArray(body)))
    return [{ field: "body", message: "must be an object with the form's fields" }];
  const filled = body ?? {};
  const known = new Set(form.map(({ key }) => key));
  const unknown = Object.keys(filled).filter((key) => !known.has(key));
  return [
    ...unknown.map((field) => ({ field, message: `the form has no field "${field}"` })),
    ...form.flatMap((field) => {
      const message = valueProblem(field, Object.hasOwn(filled, field.key) ? filled[field.key] : undefined);
      return message === null ? [] : [{ field: field.key, message }];
    }),
  ];
}

function valueProblem({ name, type, options = [], required }: FormField, value: Json | undefined): string | null {
  if (value === undefined || value === null || value === "") return required ? `"${name}" is required` : null;
  switch (type) {
    case "text":
    case "long-text":
      return typeof value === "string" ? null : `"${name}" must be text`;
    case "number":
      return typeof value === "number" ? null : `"${name}" must be a number`;
    case "yes-no":
      return typeof value === "boolean" ? null : `"${name}" must be true or false`;
    case "date":
      return typeof value === "string" && isDate(value) ? null : `"${name}" must be a date such as 2026-03-29`;
    case "choice":
      return typeof value === "string" && options.includes(value) ? null : `"${name}" must be one of ${options.join(", ")}`;
  }
}

/** RFC 3339, 5.6: full-date, and one that the calendar has. */
function isDate(text: string): boolean {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? [];
  if (year === undefined || month === undefined || day === undefined) return false;
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  return date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
}
