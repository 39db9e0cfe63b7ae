import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Endpoint } from "../../../shared/connector/endpoint.ts";
import { samplesQuery } from "../../api/sample-queries.ts";
import { Button } from "../../ui/button.tsx";
import { Empty } from "../../ui/empty.tsx";
import { JsonView } from "../../ui/json-view.tsx";
import { LooseCable } from "../shell/loose-cable.tsx";
import { ResponseFieldDialog } from "./response-field-dialog.tsx";
import { ResponsePullDialog } from "./response-pull-dialog.tsx";
import {
  asSchemaObject,
  childrenOf,
  type FieldFacts,
  type FieldPath,
  factsOf,
  type SchemaObject,
  withField,
  withNewField,
  withoutField,
} from "./response-schema.ts";
import { ResponseTree } from "./response-tree.tsx";

type Open =
  | { dialog: "pull" | "paste" }
  | { dialog: "edit"; path: FieldPath; facts: FieldFacts }
  | { dialog: "add"; path: FieldPath };
const newField: FieldFacts = { type: "string", nullable: false, optional: true, format: "", values: [], description: "" };

/** The response parameters of an endpoint: pulled from its tests, from a pasted sample or by hand, as a tree that can be edited. */
export function ResponseTab({
  connector,
  endpoint,
  isNew,
  readOnly,
  onChange,
}: {
  connector: string;
  endpoint: Endpoint;
  /** It is not saved yet, so it has no tests. */
  isNew: boolean;
  readOnly: boolean;
  onChange: (endpoint: Endpoint) => void;
}) {
  const { responseSchema, responseSample, responseOrigin } = endpoint;
  const [open, setOpen] = useState<Open | null>(null);
  const { data } = useQuery({ ...samplesQuery(connector, endpoint.key), enabled: !isNew && !readOnly });
  const samples = data?.samples ?? [];
  const close = () => setOpen(null);
  const change = (schema: SchemaObject) => {
    onChange({ ...endpoint, responseSchema: schema });
    close();
  };
  const actions = !readOnly && (
    <div className="flex flex-wrap items-center gap-2">
      <Button disabled={samples.length === 0} onClick={() => setOpen({ dialog: "pull" })}>
        Pull parameters
      </Button>
      <Button onClick={() => setOpen({ dialog: "paste" })}>Paste a sample response</Button>
      {samples.length === 0 && <span className="text-muted text-xs">Pulling is enabled once a test has passed.</span>}
    </div>
  );
  return (
    <>
      {responseSchema === undefined ? (
        <Empty title="No response parameters yet" picture={<LooseCable />} action={actions}>
          Run the test of this endpoint, then pull its parameters: later steps of a flow can choose from them.
        </Empty>
      ) : (
        <div className="flex max-w-content flex-col gap-6 px-2 pb-8">
          <div className="flex flex-wrap items-center justify-between gap-3">
            <p className="text-muted text-sm">
              {responseOrigin === "pulled" ? "Pulled from an answer." : "As the API's specification declares them."}
              {!readOnly && " Choose a field to edit it."}
            </p>
            {actions}
          </div>
          <ResponseTree
            key={responseOrigin}
            schema={responseSchema}
            sample={responseSample}
            {...(!readOnly && {
              onEdit: (path: FieldPath, facts: FieldFacts) => setOpen({ dialog: "edit", path, facts }),
              onAdd: (path: FieldPath) => setOpen({ dialog: "add", path }),
            })}
          />
          {responseSample !== undefined && <JsonView value={responseSample} root="" label="Sample" />}
        </div>
      )}
      {(open?.dialog === "pull" || open?.dialog === "paste") && (
        <ResponsePullDialog
          endpoint={endpoint}
          samples={samples}
          paste={open.dialog === "paste"}
          onClose={close}
          onTake={(response) => {
            onChange({ ...endpoint, ...response });
            close();
          }}
        />
      )}
      {open?.dialog === "edit" && (
        <ResponseFieldDialog
          path={open.path}
          facts={open.facts}
          onClose={close}
          onSave={(facts) => change(withField(responseSchema, open.path, facts))}
          onRemove={open.path.length === 0 ? undefined : () => change(withoutField(responseSchema, open.path))}
        />
      )}
      {open?.dialog === "add" && (
        <ResponseFieldDialog
          path={open.path}
          facts={newField}
          taken={namesAt(asSchemaObject(responseSchema), open.path)}
          onClose={close}
          onSave={(facts, name) => change(withNewField(responseSchema, open.path, name, facts))}
        />
      )}
    </>
  );
}

/** Names of the fields of the object at a path. */
function namesAt(schema: SchemaObject, [key, ...rest]: FieldPath): string[] {
  const children = childrenOf(schema);
  if (key === undefined) return factsOf(schema, false).type === "object" ? children.map((child) => String(child.key)) : [];
  const next = children.find((child) => child.key === key);
  return next ? namesAt(next.schema, rest) : [];
}
