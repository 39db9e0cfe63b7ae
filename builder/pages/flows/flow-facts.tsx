import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { FlowSummary } from "../../../shared/api/flows.ts";
import { call } from "../../api/client.ts";
import { explain } from "../../api/explain.ts";
import { versionsQuery } from "../../api/queries.ts";
import { deleteFlow, updateFlow } from "../../api/routes.ts";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Confirm } from "../../ui/dialog.tsx";
import { Field, inputStyle } from "../../ui/field.tsx";
import { RelativeTime } from "../../ui/relative-time.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { notify } from "../../ui/toast.ts";
import { Section } from "./side-sections.tsx";

const longestName = 120;
const longestDescription = 2_000;

/** Name and description, saved as one leaves the field. */
export function FlowNames({ flow }: { flow: FlowSummary }) {
  const client = useQueryClient();
  const [name, setName] = useState(flow.name);
  const [description, setDescription] = useState(flow.description);
  const save = useMutation({
    mutationFn: () => call(updateFlow, { params: { flow: flow.id }, body: { name, description } }),
    onSuccess() {
      void client.invalidateQueries({ queryKey: ["flow", flow.id] });
      void client.invalidateQueries({ queryKey: ["flows"] });
    },
  });
  const nameProblem = name.trim() === "" ? "Enter a name." : undefined;
  const saveChange = () => {
    const changed = name.trim() !== flow.name || description.trim() !== flow.description;
    if (changed && !nameProblem) save.mutate();
  };
  return (
    <Section title="Flow">
      <Field label="Name" required error={nameProblem ?? (save.error ? explain(save.error).why : undefined)}>
        {(control) => (
          <input
            {...control}
            value={name}
            maxLength={longestName}
            onChange={(event) => setName(event.target.value)}
            onBlur={saveChange}
            onKeyDown={(event) => event.key === "Enter" && saveChange()}
            className={`${inputStyle} h-8`}
          />
        )}
      </Field>
      <Field label="Description" help="What it does, for whoever reads the list of flows.">
        {(control) => (
          <textarea
            {...control}
            rows={2}
            value={description}
            maxLength={longestDescription}
            onChange={(event) => setDescription(event.target.value)}
            onBlur={saveChange}
            className={`${inputStyle} resize-y py-1.5`}
          />
        )}
      </Field>
    </Section>
  );
}

/** What was published, newest first; the current one can be looked at. */
export function Versions({ flow }: { flow: string }) {
  const { data, error } = useQuery(versionsQuery(flow));
  return (
    <Section title="Versions">
      {error && !data ? (
        <p className="text-failed-text text-sm">{explain(error).why}</p>
      ) : !data ? (
        <Skeleton className="h-8" />
      ) : data.versions.length === 0 ? (
        <p className="text-muted text-sm">Nothing was published yet: events do not start it.</p>
      ) : (
        <ul className="flex flex-col">
          {data.versions.map((version) => (
            <li key={version.id} className="flex h-8 items-center gap-3 text-sm">
              <span className="w-20 tabular-nums">Version {version.number}</span>
              <span className="flex-1 text-muted">
                <RelativeTime at={version.publishedAt} />
              </span>
              {version.current && (
                <>
                  <Badge tone="succeeded">Current</Badge>
                  <Link
                    to="/flows/$flow"
                    params={{ flow }}
                    search={{ view: "published" }}
                    className="rounded-small font-medium text-accent-text hover:underline"
                  >
                    View
                  </Link>
                </>
              )}
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

/** A flow that never ran for anybody may go. */
export function DeleteFlow({ flow }: { flow: FlowSummary }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [asking, setAsking] = useState(false);
  const remove = useMutation({
    mutationFn: () => call(deleteFlow, { params: { flow: flow.id } }),
    async onSuccess() {
      await navigate({ to: "/flows", ignoreBlocker: true });
      void client.invalidateQueries({ queryKey: ["flows"] });
      notify("done", `“${flow.name}” was deleted`);
    },
    onError: (error) => notify("failed", "The flow was not deleted", explain(error).why),
    onSettled: () => setAsking(false),
  });
  return (
    <div className="p-4">
      <Button look="quiet" size="small" onClick={() => setAsking(true)}>
        Delete flow…
      </Button>
      <Confirm
        open={asking}
        onClose={() => setAsking(false)}
        onConfirm={() => remove.mutate()}
        title={`Delete “${flow.name}”?`}
        consequence="Its draft and its hook URLs go with it. This cannot be undone."
        verb="Delete flow"
        keep="Keep it"
        busy={remove.isPending}
      />
    </div>
  );
}
