import type { RateLimit } from "../../../shared/connector/rate-limit.ts";
import { Field } from "../../ui/field.tsx";
import { Choice } from "../../ui/input.tsx";
import { limitWords } from "./limit-rows.ts";

/** Which of the connector's limits something counts in; nothing where there are no groups to choose from. `none`: what no group means. */
export function LimitGroupField({
  limits = [],
  group,
  none,
  help,
  error,
  onChange,
}: {
  limits: readonly RateLimit[] | undefined;
  group: string | undefined;
  none: string;
  help: string;
  error: string | undefined;
  onChange: (group: string | undefined) => void;
}) {
  const grouped = limits.flatMap((limit) =>
    limit.group === undefined ? [] : [{ value: limit.group, label: `${limit.group}: ${limitWords(limit)}` }],
  );
  const isGone = group !== undefined && !grouped.some(({ value }) => value === group);
  if (grouped.length === 0 && !isGone) return null;
  return (
    <Field label="Rate limit" help={help} error={error}>
      {(control) => (
        <Choice
          {...control}
          value={group ?? ""}
          options={[
            { value: "", label: none },
            ...grouped,
            ...(isGone ? [{ value: group, label: `${group}: there is no such limit` }] : []),
          ]}
          onChange={(chosen) => onChange(chosen || undefined)}
        />
      )}
    </Field>
  );
}
