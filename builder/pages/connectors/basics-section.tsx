import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { Button } from "../../ui/button.tsx";
import { Fact, Facts } from "../../ui/facts.tsx";
import { ProblemLine } from "../../ui/problem-line.tsx";
import { notify } from "../../ui/toast.ts";
import { CategoryField } from "./category-field.tsx";
import { ConnectorLogo } from "./connector-logo.tsx";
import { DeleteConnector } from "./delete-connector.tsx";
import type { LoadedConnector } from "./loaded-connector.ts";
import { LogoField } from "./logo-field.tsx";
import { NameFields } from "./name-fields.tsx";
import { SectionFrame } from "./section-frame.tsx";
import { useConnectorEdit } from "./use-connector-edit.ts";

const title = "Basic information";
const lead = "How people find this connector and know what it is for.";

/** Name, description, category and logo; at its end the connector can be deleted. */
export function BasicsSection({ loaded, readOnly }: { loaded: LoadedConnector; readOnly: boolean }) {
  const { name, description, category, logo } = loaded.document;
  if (!readOnly) return <BasicsForm loaded={loaded} />;
  return (
    <SectionFrame title={title} lead={lead}>
      <Facts>
        {logo && (
          <Fact name="Logo">
            <ConnectorLogo name={name} logo={logo} size="large" />
          </Fact>
        )}
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
  const [category, setCategory] = useState(document.category ?? null);
  const [logo, setLogo] = useState(document.logo);
  const edit = useConnectorEdit(loaded);
  return (
    <SectionFrame title={title} lead={lead}>
      <form
        className="flex max-w-form flex-col gap-4"
        onSubmit={async (event) => {
          event.preventDefault();
          const change = { edit: "basics" as const, name, description };
          if (await edit.save({ ...change, ...(category && { category }), ...(logo && { logo }) })) notify("done", "Saved");
        }}
      >
        <NameFields
          name={name}
          description={description}
          problem={edit.fieldProblem}
          onName={setName}
          onDescription={setDescription}
        />
        <CategoryField category={category} error={edit.fieldProblem("category")} onChange={setCategory} />
        <LogoField name={name} logo={logo} error={edit.fieldProblem("logo")} onChange={setLogo} />
        {edit.problem && <ProblemLine text={edit.problem} />}
        <div className="flex items-center gap-3">
          <Button type="submit" look="primary" busy={edit.saving} disabled={name.trim() === ""}>
            Save basic information
          </Button>
          {name.trim() === "" && <span className="text-muted text-xs">Enter a name.</span>}
        </div>
      </form>
      <Deletion loaded={loaded} />
    </SectionFrame>
  );
}

function Deletion({ loaded: { document } }: { loaded: LoadedConnector }) {
  const navigate = useNavigate();
  const [asking, setAsking] = useState(false);
  return (
    <>
      <section aria-label="Delete connector" className="flex items-center gap-4 border-line border-t pt-6">
        <p className="min-w-0 flex-1 text-muted text-sm">
          A connector can be deleted while no connection and no flow uses it. It cannot be undone.
        </p>
        <Button onClick={() => setAsking(true)}>Delete connector …</Button>
      </section>
      <DeleteConnector
        connector={document}
        open={asking}
        onClose={() => setAsking(false)}
        onDeleted={() => void navigate({ to: "/connectors" })}
      />
    </>
  );
}
