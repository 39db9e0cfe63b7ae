import { Link } from "@tanstack/react-router";
import { clsx } from "clsx";
import type { ReactNode } from "react";
import type { EndpointChange, ImportMerge, UsedStep } from "../../../shared/connector/import-merge.ts";
import { Badge } from "../../ui/badge.tsx";
import { Segmented } from "../../ui/segmented.tsx";
import { Method } from "./method.tsx";

export type Decision = "file" | "mine";

/** The contract's name of the decision about base URL and authentication, without its schemas; a test holds the two together. */
export const signInId = "base";

type Props = {
  merge: ImportMerge;
  mode: "merge" | "overwrite";
  /** Keys of the new endpoints that are to be taken. */
  taken: ReadonlySet<string>;
  decisions: Readonly<Record<string, Decision>>;
  /** `added`: it is new in the file; else it was left out before. */
  onTake: (key: string, take: boolean, added: boolean) => void;
  onDecide: (id: string, decision: Decision) => void;
};

const groups: readonly { change: EndpointChange["change"]; title: string; lead: string }[] = [
  {
    change: "conflict",
    title: "To decide",
    lead: "The file and people changed the same thing. Everything else of both is kept.",
  },
  { change: "changed", title: "Changed", lead: "By the file." },
  { change: "removed", title: "Removed", lead: "The file no longer has them." },
  { change: "added", title: "Added", lead: "New in the file." },
  { change: "offered", title: "Left out so far", lead: "In the file, but not in this connector." },
];

/** The preview: what becomes of each endpoint, what could break, and which steps of flows call it. */
export function ImportChanges({ merge, mode, taken, decisions, onTake, onDecide }: Props) {
  const { changes, signIn, unchanged, byHand, consequences } = merge;
  const broken = changes.filter(({ breaking }) => breaking.length > 0);
  const steps = broken.flatMap((change) => change.steps);
  const gone = mode === "overwrite" ? "" : byHand > 0 ? `, ${byHand} of them made by hand` : "";
  return (
    <section aria-label="Preview" className="flex flex-col gap-5">
      <p className="text-sm" role="status">
        {unchanged} {unchanged === 1 ? "endpoint stays" : "endpoints stay"} as they are{gone}.{" "}
        {broken.length > 0 && (
          <span className="font-medium text-failed-text">
            {broken.length} could break{" "}
            {steps.length === 0 ? "callers" : `${steps.length} ${steps.length === 1 ? "step" : "steps"} of flows`}.
          </span>
        )}
      </p>
      {signIn && (
        <Group title="Base URL & authentication" lead={signIn.details.join(", ")}>
          {signIn.conflict && (
            <li className="flex items-center gap-3 px-3 py-2 text-sm">
              <span className="flex-1">It was changed by hand as well.</span>
              <Decide
                name="Base URL & authentication"
                value={decisions[signInId] ?? "mine"}
                onChange={(next) => onDecide(signInId, next)}
              />
            </li>
          )}
        </Group>
      )}
      {groups.map(({ change, title, lead }) => {
        const members = changes.filter((each) => each.change === change);
        if (members.length === 0) return null;
        return (
          <Group key={change} title={`${title} (${members.length})`} lead={lead}>
            {members.map((each) => (
              <Change
                key={each.id}
                change={each}
                taken={taken.has(each.key)}
                decision={decisions[each.id] ?? "mine"}
                onTake={(take) => onTake(each.key, take, change === "added")}
                onDecide={(decision) => onDecide(each.id, decision)}
              />
            ))}
          </Group>
        );
      })}
      {consequences.length > 0 && (
        <Group title="What goes along" lead="It depends on what is removed or changed.">
          {consequences.map((text) => (
            <li key={text} className="px-3 py-2 text-sm">
              {text}
            </li>
          ))}
        </Group>
      )}
    </section>
  );
}

function Group({ title, lead, children }: { title: string; lead: string; children: ReactNode }) {
  return (
    <section aria-label={title} className="flex flex-col gap-2">
      <div className="flex flex-wrap items-baseline gap-x-2">
        <h4 className="font-semibold text-sm">{title}</h4>
        <span className="text-muted text-xs">{lead}</span>
      </div>
      {children !== false && (
        <ul className="max-h-80 divide-y divide-line overflow-y-auto rounded-card border border-line">{children}</ul>
      )}
    </section>
  );
}

type ChangeProps = {
  change: EndpointChange;
  taken: boolean;
  decision: Decision;
  onTake: (take: boolean) => void;
  onDecide: (decision: Decision) => void;
};

function Change({ change: { change, key, method, path, name, details, breaking, steps }, ...state }: ChangeProps) {
  const optional = change === "added" || change === "offered";
  return (
    <li className="flex items-start gap-3 px-3 py-2 [contain-intrinsic-size:auto_2.25rem] [content-visibility:auto]">
      {optional && (
        <input
          type="checkbox"
          aria-label={`Take ${method} ${path}`}
          className="mt-0.5 size-4 accent-accent"
          checked={state.taken}
          onChange={(event) => state.onTake(event.target.checked)}
        />
      )}
      <Method method={method} />
      <div className="flex min-w-0 flex-1 flex-col gap-0.5">
        <span className={clsx("break-words text-sm", change === "removed" && "line-through decoration-muted")}>
          {name} <code className="font-mono text-muted text-xs">{path}</code>
        </span>
        {details.map((detail) => (
          <span key={detail} className="break-words text-muted text-xs">
            {detail}
          </span>
        ))}
        {breaking.map((reason) => (
          <span key={reason} className="break-words text-failed-text text-xs">
            {reason}
          </span>
        ))}
        {steps.map((step) => (
          <Step key={`${step.flow} ${step.node} ${step.published}`} step={step} />
        ))}
      </div>
      {breaking.length > 0 && <Badge tone="failed">breaking</Badge>}
      {change === "conflict" && <Decide name={name || key} value={state.decision} onChange={state.onDecide} />}
    </li>
  );
}

function Step({ step: { flow, flowName, nodeName, published } }: { step: UsedStep }) {
  return (
    <span className="text-xs">
      Called by “{nodeName}” in{" "}
      <Link to="/flows/$flow" params={{ flow }} className="rounded-small font-medium text-accent-text hover:underline">
        {flowName}
      </Link>
      {!published && <span className="text-muted"> (draft)</span>}
    </span>
  );
}

function Decide({ name, value, onChange }: { name: string; value: Decision; onChange: (decision: Decision) => void }) {
  return (
    <Segmented<Decision>
      label={`Whose word counts for ${name}`}
      value={value}
      segments={[
        { value: "mine", label: "Keep mine" },
        { value: "file", label: "Take the file's" },
      ]}
      onChange={onChange}
    />
  );
}
