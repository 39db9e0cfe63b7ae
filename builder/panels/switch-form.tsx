import { Plus, Trash2 } from "lucide-react";
import type { SwitchNode } from "../../shared/flow/node.ts";
import { Button } from "../ui/button.tsx";
import { IconButton } from "../ui/icon-button.tsx";
import { ConditionsForm, newCondition } from "./conditions-form.tsx";
import type { NodeFormProps } from "./node-form-props.ts";

type Case = SwitchNode["cases"][number];

/** The cases of a switch, in the order in which they are tried; what fits none leaves by “default”. */
export function SwitchForm({ node, roots, problems, disabled, onChange }: NodeFormProps<SwitchNode>) {
  const set = (index: number, change: Partial<Case>, group?: string) =>
    onChange({ ...node, cases: node.cases.map((each, at) => (at === index ? { ...each, ...change } : each)) }, group);
  return (
    <div className="flex flex-col gap-6">
      <p className="text-muted text-sm">The first case that holds is taken. What fits none leaves by “default”.</p>
      {node.cases.map((each, index) => (
        <section key={each.port} aria-label={`Case ${each.name}`} className="flex flex-col gap-3">
          <div className="flex items-center gap-1">
            <input
              aria-label={`Name of case ${index + 1}`}
              disabled={disabled}
              value={each.name}
              maxLength={120}
              onChange={(event) => event.target.value !== "" && set(index, { name: event.target.value }, `case-${each.port}`)}
              className="h-8 min-w-0 flex-1 rounded-control border border-transparent bg-transparent px-2 font-medium text-sm hover:border-line-control focus:border-line-control focus:bg-page"
            />
            {node.cases.length > 1 && !disabled && (
              <IconButton
                label={`Remove case ${each.name}`}
                onClick={() => onChange({ ...node, cases: node.cases.filter((_, at) => at !== index) })}
              >
                <Trash2 aria-hidden="true" />
              </IconButton>
            )}
          </div>
          <ConditionsForm
            rule={each}
            field={`cases.${index}.conditions`}
            roots={roots}
            problems={problems}
            disabled={disabled}
            onChange={({ match, conditions }, group) => set(index, { match, conditions }, group)}
          />
        </section>
      ))}
      {!disabled && node.cases.length < 50 && (
        <Button className="self-start" onClick={() => onChange({ ...node, cases: [...node.cases, newCase(node.cases)] })}>
          <Plus aria-hidden="true" />
          Add a case
        </Button>
      )}
    </div>
  );
}

/** A case with a port of its own: edges name ports, so one that was taken away is not given again while others stay. */
function newCase(cases: readonly Case[]): Case {
  const numbers = cases.map(({ port }) => Number(/^case-(\d+)$/.exec(port)?.[1] ?? 0));
  const number = Math.max(cases.length, ...numbers) + 1;
  return { port: `case-${number}`, name: `Case ${number}`, match: "all", conditions: [newCondition] };
}
