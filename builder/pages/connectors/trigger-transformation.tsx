import { useMemo, useState } from "react";
import type { Json } from "../../../shared/json.ts";
import { DataTree } from "../../panels/data-tree.tsx";
import { isExpression, isJsonata } from "../../panels/expression-text.ts";
import { InsertContext, useNewInsertTarget } from "../../panels/insert-target.ts";
import { JsonInput } from "../../panels/json-input.tsx";
import { ValueField } from "../../panels/value-field.tsx";
import { Segmented } from "../../ui/segmented.tsx";
import { eventRoots } from "./template-roots.ts";
import { sampleOf } from "./trigger-draft.ts";
import type { TriggerPartProps } from "./trigger-part-props.ts";
import { TriggerSample } from "./trigger-sample.tsx";

type Way = "as-is" | "json" | "expression";

/** What flows get of an event: its body as it came, JSON with paths into it, or one expression. */
export function TriggerTransformation({ document, draft, problem, onChange }: TriggerPartProps) {
  const { transformation, form } = draft;
  const [way, setWay] = useState<Way>(() => wayOf(transformation));
  const sample = sampleOf(draft, document);
  const roots = useMemo(() => eventRoots(sample, form), [sample, form]);
  const target = useNewInsertTarget("transformation");
  const set = (next: Json | undefined) => onChange({ ...draft, transformation: next });
  const error = Object.entries(problem).find(([field]) => field.startsWith("trigger.transformation"))?.[1];
  return (
    <div className="flex flex-col gap-6">
      <Segmented
        label="What flows get"
        value={way}
        onChange={(next) => {
          setWay(next);
          if (next === "as-is") set(undefined);
          else if (next === "json" && typeof transformation === "string") set(undefined);
          else if (next === "expression" && typeof transformation !== "string") set(undefined);
        }}
        segments={[
          { value: "as-is", label: "The body as it came" },
          { value: "json", label: "JSON with paths" },
          { value: "expression", label: "An expression" },
        ]}
      />
      {way === "as-is" && <p className="text-muted text-sm">Nothing is changed: trigger.body is the body of the event.</p>}
      {way !== "as-is" && (
        <InsertContext value={target}>
          <div className="@container">
            <div className="grid items-start gap-4 @min-[36rem]:grid-cols-2">
              {way === "json" ? (
                <JsonInput
                  label="Output"
                  help="Click into it, then on a value of the event."
                  error={error}
                  value={transformation}
                  roots={roots}
                  disabled={false}
                  onChange={set}
                />
              ) : (
                <ValueField
                  label="Output"
                  help="One path, or one JSONata expression over event and inputs."
                  error={error}
                  type="any"
                  value={isExpression(transformation) ? transformation : "{{event.body}}"}
                  roots={roots}
                  onChange={set}
                />
              )}
              <div className="flex max-h-96 min-h-0 flex-col overflow-hidden rounded-card border border-line pt-3">
                <DataTree roots={roots} />
              </div>
            </div>
          </div>
        </InsertContext>
      )}
      <TriggerSample
        sample={draft.sample}
        help={
          sample !== undefined && draft.sample === undefined
            ? "The body of one event. Left out: an item of the endpoint’s sample."
            : "The body of one event: what tests and first runs begin with."
        }
        error={problem["trigger.sample"]}
        onChange={(next) => onChange({ ...draft, sample: next })}
      />
    </div>
  );
}

function wayOf(transformation: Json | undefined): Way {
  if (transformation === undefined) return "as-is";
  return typeof transformation === "string" && (isJsonata(transformation) || isExpression(transformation))
    ? "expression"
    : "json";
}
