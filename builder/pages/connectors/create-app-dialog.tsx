import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { call } from "../../api/client.ts";
import { explain } from "../../api/explain.ts";
import { connectorsQuery } from "../../api/queries.ts";
import { createConnector } from "../../api/routes.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { ProblemLine } from "../../ui/problem-line.tsx";
import { TextField } from "./text-field.tsx";

/** Begins a connector with nothing but a name, and leads to its build flow. */
export function CreateAppDialog({ onClose }: { onClose: () => void }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [name, setName] = useState("");
  const create = useMutation({
    mutationFn: () => call(createConnector, { body: { name } }),
    async onSuccess({ connector }) {
      await client.invalidateQueries({ queryKey: connectorsQuery.queryKey });
      await navigate({ to: "/connectors/$connector", params: { connector }, search: { section: "basics" } });
    },
  });
  const missing = name.trim() === "";
  return (
    <Dialog
      open
      onClose={onClose}
      title="Create a general app"
      description="Its feature is Connect. Everything else is filled in afterwards, in any order."
      hint={missing ? "Enter a name." : undefined}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" form="create-app" busy={create.isPending} disabled={missing}>
            Create
          </Button>
        </>
      }
    >
      <form
        id="create-app"
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (!missing) create.mutate();
        }}
      >
        <TextField label="App name" required maxLength={120} value={name} onChange={setName} />
        {create.error && <ProblemLine text={explain(create.error).why} />}
      </form>
    </Dialog>
  );
}
