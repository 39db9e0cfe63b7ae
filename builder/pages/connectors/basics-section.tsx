import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { call } from "../../api/client.ts";
import { explain } from "../../api/explain.ts";
import { connectorsQuery } from "../../api/queries.ts";
import { deleteConnector } from "../../api/routes.ts";
import { Button } from "../../ui/button.tsx";
import { Confirm } from "../../ui/dialog.tsx";
import { Fact, Facts } from "../../ui/facts.tsx";
import { Field } from "../../ui/field.tsx";
import { Input } from "../../ui/input.tsx";
import { ProblemLine } from "../../ui/problem-line.tsx";
import { notify } from "../../ui/toast.ts";
import type { LoadedConnector } from "./loaded-connector.ts";
import { NameFields } from "./name-fields.tsx";
import { SectionFrame } from "./section-frame.tsx";
import { useConnectorEdit } from "./use-connector-edit.ts";

const title = "Basic information";
const lead = "How people find this connector and know what it is for.";

/** Name, description and category; at its end the connector can be deleted. */
export function BasicsSection({ loaded, readOnly }: { loaded: LoadedConnector; readOnly: boolean }) {
  const { name, description, category } = loaded.document;
  if (!readOnly) return <BasicsForm loaded={loaded} />;
  return (
    <SectionFrame title={title} lead={lead}>
      <Facts>
        <Fact name="Name">{name}</Fact>
        {description !== "" && <Fact name="Description">{description}</Fact>}
        {category && <Fact name="Category">{category}</Fact>}
      </Facts>
    </SectionFrame>
  );
}

function BasicsForm({ loaded }: { loaded: LoadedConnector }) {
  const { document } = loaded;
  const [name, setName] = useState(document.name);
  const [description, setDescription] = useState(document.description);
  const [category, setCategory] = useState(document.category ?? "");
  const edit = useConnectorEdit(loaded);
  return (
    <SectionFrame title={title} lead={lead}>
      <form
        className="flex max-w-form flex-col gap-4"
        onSubmit={async (event) => {
          event.preventDefault();
          if (await edit.save({ edit: "basics", name, description, ...(category !== "" && { category }) }))
            notify("done", "Saved");
        }}
      >
        <NameFields
          name={name}
          description={description}
          problem={edit.fieldProblem}
          onName={setName}
          onDescription={setDescription}
        />
        <Field label="Category" help="For example Sales Marketing.">
          {(control) => (
            <Input {...control} maxLength={120} value={category} onChange={(event) => setCategory(event.target.value)} />
          )}
        </Field>
        {edit.problem && <ProblemLine text={edit.problem} />}
        <div className="flex items-center gap-3">
          <Button type="submit" look="primary" busy={edit.saving} disabled={name.trim() === ""}>
            Save basic information
          </Button>
          {name.trim() === "" && <span className="text-muted text-xs">Enter a name.</span>}
        </div>
      </form>
      <DeleteConnector loaded={loaded} />
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
      <section aria-label="Delete connector" className="flex items-center gap-4 border-line border-t pt-6">
        <p className="min-w-0 flex-1 text-muted text-sm">
          A connector can be deleted while no connection and no flow uses it. It cannot be undone.
        </p>
        <Button onClick={() => setAsking(true)}>Delete connector …</Button>
      </section>
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
