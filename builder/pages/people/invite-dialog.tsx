import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Person } from "../../../shared/api/people.ts";
import { call } from "../../api/client.ts";
import { explain } from "../../api/explain.ts";
import { peopleQuery } from "../../api/queries.ts";
import { invite } from "../../api/routes.ts";
import { Button } from "../../ui/button.tsx";
import { CopyButton } from "../../ui/copy-button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Field } from "../../ui/field.tsx";
import { Choice, Input } from "../../ui/input.tsx";
import { ProblemLine } from "../../ui/problem-line.tsx";
import { roleWords } from "./role-words.ts";

/** Makes an invitation link, which is shown once: nothing is sent by mail. */
export function InviteDialog({ onClose }: { onClose: () => void }) {
  const client = useQueryClient();
  const [role, setRole] = useState<Person["role"]>("user");
  const [note, setNote] = useState("");
  const make = useMutation({
    mutationFn: () => call(invite, { body: { role, note } }),
    onSuccess: () => client.invalidateQueries({ queryKey: peopleQuery.queryKey }),
  });
  const url = make.data?.url;
  return (
    <Dialog
      open
      onClose={onClose}
      title="Invite somebody"
      description="The link is good once, for seven days. Give it to them yourself: nothing is sent."
      footer={
        url ? (
          <Button look="primary" onClick={onClose}>
            Done
          </Button>
        ) : (
          <>
            <Button onClick={onClose}>Cancel</Button>
            <Button look="primary" type="submit" form="invite" busy={make.isPending}>
              Create link
            </Button>
          </>
        )
      }
    >
      {url ? (
        <div role="status" className="flex flex-col gap-1.5">
          <span className="font-medium text-sm">Invitation link for {roleWords[role].one}</span>
          <div className="flex items-center gap-1 rounded-control border border-line bg-page py-0.5 pr-0.5 pl-2.5">
            <code data-testid="invitation-link" className="min-w-0 flex-1 truncate font-mono text-xs">
              {url}
            </code>
            <CopyButton text={url} what="invitation link" />
          </div>
          <p className="text-muted text-xs">Copy it now: it is not shown again.</p>
        </div>
      ) : (
        <form
          id="invite"
          className="flex flex-col gap-4"
          onSubmit={(event) => {
            event.preventDefault();
            make.mutate();
          }}
        >
          <Field label="Role" required help={`Who has it ${roleWords[role].may}.`}>
            {(control) => (
              <Choice
                {...control}
                value={role}
                options={[
                  { value: "user", label: roleWords.user.name },
                  { value: "administrator", label: roleWords.administrator.name },
                ]}
                onChange={setRole}
              />
            )}
          </Field>
          <Field label="Note" help="For yourself, for example whom it is for.">
            {(control) => <Input {...control} maxLength={120} value={note} onChange={(event) => setNote(event.target.value)} />}
          </Field>
          {make.error && <ProblemLine text={explain(make.error).why} />}
        </form>
      )}
    </Dialog>
  );
}
