import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { call } from "../../api/client.ts";
import { explain } from "../../api/explain.ts";
import { createFlow } from "../../api/routes.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Field, inputStyle } from "../../ui/field.tsx";

const formId = "new-flow";
const longestName = 120;

/** Asks for a name and opens the new flow's empty canvas. */
export default function NewFlow({ onClose }: { onClose: () => void }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [name, setName] = useState("");
  const [asked, setAsked] = useState(false);
  const create = useMutation({
    mutationFn: () => call(createFlow, { body: { name: name.trim() } }),
    async onSuccess({ flow }) {
      void client.invalidateQueries({ queryKey: ["flows"] });
      await navigate({ to: "/flows/$flow", params: { flow } });
    },
  });
  const missing = name.trim() === "" ? "Enter a name." : undefined;
  return (
    <Dialog
      open
      onClose={onClose}
      title="New flow"
      description="It begins as a draft: nothing runs before you publish it."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={formId} look="primary" busy={create.isPending}>
            Create flow
          </Button>
        </>
      }
    >
      <form
        id={formId}
        noValidate
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          setAsked(true);
          if (!missing) create.mutate();
        }}
      >
        <Field
          label="Name"
          required
          help="What it does, for example “Inbound lead to CRM”."
          error={asked ? missing : undefined}
          counter={name.length > longestName - 20 ? `${name.length}/${longestName}` : undefined}
        >
          {(control) => (
            <input
              {...control}
              value={name}
              maxLength={longestName}
              autoComplete="off"
              onChange={(event) => setName(event.target.value)}
              className={`${inputStyle} h-8`}
            />
          )}
        </Field>
        {create.error && (
          <p role="alert" className="rounded-control bg-failed-tint px-3 py-2 text-failed-text text-sm">
            {explain(create.error).why} {explain(create.error).todo}
          </p>
        )}
      </form>
    </Dialog>
  );
}
