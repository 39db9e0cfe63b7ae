import { type ReactNode, useId } from "react";
import { flattenParameters, responseParameters } from "../../../shared/connector/response-parameters.ts";
import type { Json } from "../../../shared/json.ts";
import { Field } from "../../ui/field.tsx";
import { Input } from "../../ui/input.tsx";
import { pathText } from "../../ui/json-rows.ts";

/** A path in some JSON, with those offered that are known to be there. */
export function PathField({
  label,
  value,
  known = [],
  help,
  error,
  required = false,
  placeholder,
  onChange,
}: {
  label: string;
  value: string;
  known?: readonly string[];
  help?: ReactNode;
  error?: string | undefined;
  required?: boolean;
  placeholder?: string;
  onChange: (path: string) => void;
}) {
  const list = useId();
  return (
    <Field label={label} help={help} error={error} required={required}>
      {(control) => (
        <>
          <Input
            {...control}
            mono
            list={known.length > 0 ? list : undefined}
            autoComplete="off"
            spellCheck={false}
            maxLength={200}
            placeholder={placeholder}
            value={value}
            onChange={({ target }) => onChange(target.value)}
          />
          {known.length > 0 && (
            <datalist id={list}>
              {known.map((path) => (
                <option key={path} value={path} />
              ))}
            </datalist>
          )}
        </>
      )}
    </Field>
  );
}

/** The paths of everything that a schema or a sample tells of. */
export function knownPaths(schema: Json | undefined, sample: Json | undefined): string[] {
  return flattenParameters(responseParameters(schema, sample)).map(({ path }) => pathText("", path));
}

/** Those of lists, and of what is in the items of the list at `items`; "" is the whole. */
export function listPathsOf(
  schema: Json | undefined,
  sample: Json | undefined,
  items: string,
): { lists: string[]; inItem: string[] } {
  const all = flattenParameters(responseParameters(schema, sample));
  const lists = all.filter(({ type }) => type === "array").map(({ path }) => pathText("", path));
  const start = `${items.trim()}[0]`;
  const inItem = all
    .map(({ path }) => pathText("", path))
    .filter((path) => path.startsWith(`${start}.`) || path.startsWith(`${start}[`))
    .map((path) => path.slice(start.length).replace(/^\./, ""));
  return { lists, inItem };
}
