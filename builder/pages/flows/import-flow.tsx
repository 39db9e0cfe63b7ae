import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { ImportPreview } from "../../../shared/api/flow-files.ts";
import type { Json } from "../../../shared/json.ts";
import { call } from "../../api/client.ts";
import { importFlow } from "../../api/flow-file-routes.ts";
import { flowsQuery } from "../../api/queries.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Field } from "../../ui/field.tsx";
import { Choice, Input } from "../../ui/input.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { notify } from "../../ui/toast.ts";
import { problemsOf, readFlowFile } from "./read-flow-file.ts";

const formId = "import-flow";
const longestName = 120;
const mostNotes = 3;

/** Shows what a chosen file holds and what can fill its slots, then makes a draft of it and opens that. */
export default function ImportFlow({ file, onClose }: { file: File; onClose: () => void }) {
  const read = useQuery({
    queryKey: ["flow-file", file.name, file.size, file.lastModified],
    queryFn: ({ signal }) => readFlowFile(file, signal),
    // What was chosen in the dialog belongs to this answer.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  if (read.data?.outcome === "read") return <FillSlots {...read.data} onClose={onClose} />;
  const problems = read.error ? problemsOf(read.error) : (read.data?.problems ?? []);
  return (
    <Dialog
      open
      onClose={onClose}
      title="Import a flow"
      description={problems.length > 0 ? `Nothing was made of “${file.name}”.` : `Reading “${file.name}” …`}
      footer={<Button onClick={onClose}>Close</Button>}
    >
      {problems.length > 0 ? <Problems problems={problems} /> : <Skeleton className="h-8" />}
    </Dialog>
  );
}

type Filled = Readonly<Record<string, string>>;

function FillSlots({ file, preview, onClose }: { file: Json; preview: ImportPreview; onClose: () => void }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [name, setName] = useState(preview.name);
  const [slots, setSlots] = useState<Filled>({});
  const [flows, setFlows] = useState<Filled>({});
  const make = useMutation({
    mutationFn: () => call(importFlow, { body: { file, name: name.trim(), slots: chosenOf(slots), flows: chosenOf(flows) } }),
    async onSuccess({ flow, notes }) {
      void client.invalidateQueries({ queryKey: ["flows"] });
      await navigate({ to: "/flows/$flow", params: { flow } });
      notify("done", `“${name.trim()}” was imported as a draft`, notes.length > 0 ? toDo(notes) : undefined);
    },
  });
  const missing = name.trim() === "" ? "Enter a name." : undefined;
  const { data } = useQuery(flowsQuery);
  const isTaken = data?.flows.some((flow) => flow.name === name.trim());
  return (
    <Dialog
      open
      held
      onClose={onClose}
      title={`Import “${preview.name}”`}
      description={`${preview.nodes === 1 ? "One step" : `${preview.nodes} steps`}. It becomes a draft: nothing runs before you publish it.`}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={formId} look="primary" busy={make.isPending} disabled={missing !== undefined}>
            Import
          </Button>
        </>
      }
    >
      <form
        id={formId}
        noValidate
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (!missing && !make.isPending) make.mutate();
        }}
      >
        <Field
          label="Name"
          help={isTaken && "There is a flow of this name. It stays as it is: the file becomes another flow beside it."}
          required
          error={missing}
        >
          {(control) => (
            <Input
              {...control}
              value={name}
              maxLength={longestName}
              autoComplete="off"
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
        {preview.slots.map((each) => (
          <Slot
            key={each.slot}
            label={`Connection for ${each.slot}`}
            help={connectionHelp(each)}
            choices={each.connections}
            value={slots[each.slot] ?? ""}
            onChange={(id) => setSlots((now) => ({ ...now, [each.slot]: id }))}
          />
        ))}
        {preview.flows.map((each) => (
          <Slot
            key={each.slot}
            label={`Flow for ${each.slot}`}
            help={each.name === "" ? "A flow that it starts." : `It started a flow named “${each.name}”.`}
            choices={each.flows}
            value={flows[each.slot] ?? ""}
            onChange={(id) => setFlows((now) => ({ ...now, [each.slot]: id }))}
          />
        ))}
        {preview.people > 0 && (
          <p className="text-muted text-sm">
            Its approvals name who may decide. Only you may decide them, until you choose others in the draft.
          </p>
        )}
        {make.error && <Problems problems={problemsOf(make.error)} />}
      </form>
    </Dialog>
  );
}

type SlotProps = {
  label: string;
  help: string;
  choices: readonly { id: string; name: string }[];
  value: string;
  onChange: (id: string) => void;
};

function Slot({ label, help, choices, value, onChange }: SlotProps) {
  const options = choices.map(({ id, name }) => ({ value: id, label: name }));
  return (
    <Field label={label} help={help}>
      {(control) => (
        <Choice
          {...control}
          value={value}
          options={[{ value: "", label: "Choose later, in the draft" }, ...options]}
          onChange={onChange}
        />
      )}
    </Field>
  );
}

function Problems({ problems }: { problems: readonly string[] }) {
  return (
    <div role="alert" className="break-words rounded-control bg-failed-tint px-3 py-2 text-failed-text text-sm">
      <ul className="flex flex-col gap-1">
        {problems.map((problem) => (
          <li key={problem} className="first-letter:uppercase">
            {problem}
          </li>
        ))}
      </ul>
    </div>
  );
}

function connectionHelp({ connector, installed, connections }: ImportPreview["slots"][number]): string {
  if (!installed) return `“${connector}” is not installed in this workspace: the flow cannot be published before it is.`;
  return connections.length === 0 ? `There is no connection of “${connector}” yet.` : `A connection of “${connector}”.`;
}

function chosenOf(filled: Filled): Record<string, string> {
  return Object.fromEntries(Object.entries(filled).filter(([, id]) => id !== ""));
}

function toDo(notes: readonly string[]): string {
  const more = notes.length - mostNotes;
  return `Still to do: ${notes.slice(0, mostNotes).join("; ")}${more > 0 ? `; and ${more} more` : ""}.`;
}
