import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { call } from "../../api/client.ts";
import { connectorsQuery } from "../../api/queries.ts";
import { deleteConnector } from "../../api/routes.ts";
import { Button } from "../../ui/button.tsx";
import { Confirm } from "../../ui/dialog.tsx";
import { Field } from "../../ui/field.tsx";
import { Input, TextArea } from "../../ui/input.tsx";
import { ProblemLine } from "../../ui/problem-line.tsx";
import { notify } from "../../ui/toast.ts";
import { explain } from "../shell/api-problem.tsx";
import { maxDescription } from "./limits.ts";
import type { LoadedConnector } from "./loaded-connector.ts";
import { SectionFrame } from "./section-frame.tsx";
import { useConnectorEdit } from "./use-connector-edit.ts";

export function BasicsSection({ loaded, readOnly }: { loaded: LoadedConnector; readOnly: boolean }) {
  const { document } = loaded;
  const [name, setName] = useState(document.name);
  const [description, setDescription] = useState(document.description);
  const [category, setCategory] = useState(document.category ?? "");
  const edit = useConnectorEdit(loaded);
  return (
    <SectionFrame title="Basic information" lead="How people find this connector and know what it is for.">
      <form
        className="flex max-w-form flex-col gap-4"
        onSubmit={async (event) => {
          event.preventDefault();
          if (await edit.save({ edit: "basics", name, description, ...(category !== "" && { category }) }))
            notify("done", "Saved");
        }}
      >
        <Field
          label="Name"
          required
          help="This will be the display name for your data connector"
          error={edit.fieldProblem("name")}
        >
          {(control) => (
            <Input
              {...control}
              disabled={readOnly}
              maxLength={120}
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
        <Field
          label="Description"
          help="This will be the description for your data connector"
          error={edit.fieldProblem("description")}
          counter={`${description.length}/${maxDescription}`}
        >
          {(control) => (
            <TextArea
              {...control}
              disabled={readOnly}
              maxLength={maxDescription}
              value={description}
              onChange={(event) => setDescription(event.target.value)}
            />
          )}
        </Field>
        <Field label="Category" help="For example Sales Marketing.">
          {(control) => (
            <Input
              {...control}
              disabled={readOnly}
              maxLength={120}
              value={category}
              onChange={(event) => setCategory(event.target.value)}
            />
          )}
        </Field>
        {edit.problem && <ProblemLine text={edit.problem} />}
        {!readOnly && (
          <div className="flex justify-between gap-2">
            <Button type="submit" look="primary" busy={edit.saving} disabled={name.trim() === ""}>
              Save basic information
            </Button>
            <DeleteConnector loaded={loaded} />
          </div>
        )}
      </form>
    </SectionFrame>
  );
}

function DeleteConnector({ loaded: { document } }: { loaded: LoadedConnector }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [asking, setAsking] = useState(false);
  const remove = useMutation({
    mutationFn: () => call(deleteConnector, { params: { connector: document.key } }),
    async onSuccess() {
      await client.invalidateQueries({ queryKey: connectorsQuery.queryKey });
      await navigate({ to: "/connectors" });
    },
    onError(error) {
      setAsking(false);
      notify("failed", "The connector is still there", explain(error).why);
    },
  });
  return (
    <>
      <Button onClick={() => setAsking(true)}>Delete connector …</Button>
      <Confirm
        open={asking}
        onClose={() => setAsking(false)}
        onConfirm={() => remove.mutate()}
        busy={remove.isPending}
        title={`Delete “${document.name}”?`}
        consequence={`Its ${document.endpoints.length} endpoints and their tests are deleted. It cannot be undone.`}
        verb="Delete connector"
        keep="Keep it"
      />
    </>
  );
}
