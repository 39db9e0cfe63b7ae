import { useMutation, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { FormField } from "../../../shared/flow/form-field.ts";
import type { Json } from "../../../shared/json.ts";
import { call } from "../../api/client.ts";
import { explain } from "../../api/explain.ts";
import { flowQuery } from "../../api/queries.ts";
import { runFlow } from "../../api/routes.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Field, inputStyle } from "../../ui/field.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { ApiProblem } from "../shell/api-problem.tsx";
import { formOf, parseBody, sampleOf } from "./run-body.ts";
import { RunForm } from "./run-form.tsx";

const formId = "run-now";

/**
 * Asks for the trigger's body and starts a run of the published version with it. `body` is the text to begin with; left out, the
 * trigger's sample.
 */
export default function RunNow({
  flow,
  body,
  onClose,
}: {
  flow: { id: string; name: string };
  body?: string;
  onClose: () => void;
}) {
  const { data, error } = useQuery(flowQuery(flow.id));
  const [busy, setBusy] = useState(false);
  const ready = body !== undefined || data !== undefined;
  const form = body === undefined ? formOf(data?.version?.document) : [];
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Run “${flow.name}” now`}
      description="Starts the published version with this as its event. Its calls are really sent."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={formId} look="primary" busy={busy} disabled={!ready}>
            Run now
          </Button>
        </>
      }
    >
      {ready && form.length > 0 ? (
        <FilledIn flow={flow.id} fields={form} onBusy={setBusy} />
      ) : ready ? (
        <BodyForm flow={flow.id} text={body ?? sampleOf(data?.version ?? null)} onBusy={setBusy} />
      ) : error ? (
        <ApiProblem error={error} what="The flow could not be loaded" />
      ) : (
        <Skeleton className="h-64" />
      )}
    </Dialog>
  );
}

function FilledIn({ flow, fields, onBusy }: { flow: string; fields: readonly FormField[]; onBusy: (busy: boolean) => void }) {
  const start = useStart(flow, onBusy);
  return (
    <div className="flex flex-col gap-3">
      <RunForm id={formId} fields={fields} onRun={(filled) => start.mutate(filled)} />
      {start.error && <Refused error={start.error} />}
    </div>
  );
}

function useStart(flow: string, onBusy: (busy: boolean) => void) {
  const navigate = useNavigate();
  return useMutation({
    mutationFn: (body: Json) => call(runFlow, { params: { flow }, body: { body } }),
    onMutate: () => onBusy(true),
    onSettled: () => onBusy(false),
    onSuccess: ({ run }) => navigate({ to: "/runs/$run", params: { run } }),
  });
}

function Refused({ error }: { error: Error }) {
  return (
    <p role="alert" className="rounded-control bg-failed-tint px-3 py-2 text-failed-text text-sm">
      {explain(error).why} {explain(error).todo}
    </p>
  );
}

function BodyForm({ flow, text: given, onBusy }: { flow: string; text: string; onBusy: (busy: boolean) => void }) {
  const start = useStart(flow, onBusy);
  const [text, setText] = useState(given);
  const [asked, setAsked] = useState(false);
  const parsed = parseBody(text);
  const problem = "problem" in parsed ? parsed.problem : undefined;
  return (
    <form
      id={formId}
      className="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        setAsked(true);
        if ("body" in parsed) start.mutate(parsed.body);
      }}
    >
      <Field
        label="Event body"
        help="JSON. Steps read it as trigger.body. Ctrl Enter runs it."
        error={asked ? problem : undefined}
      >
        {(control) => (
          <textarea
            {...control}
            spellCheck={false}
            rows={14}
            value={text}
            onChange={(event) => setText(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) event.currentTarget.form?.requestSubmit();
            }}
            className={`${inputStyle} resize-y py-2 font-mono text-xs`}
          />
        )}
      </Field>
      {start.error && <Refused error={start.error} />}
    </form>
  );
}
