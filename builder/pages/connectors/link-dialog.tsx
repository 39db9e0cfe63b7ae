import { useMemo, useState } from "react";
import type { ConnectorDraft } from "../../../shared/connector/connector.ts";
import { type Endpoint, effectOf } from "../../../shared/connector/endpoint.ts";
import type { Parameter } from "../../../shared/connector/parameter.ts";
import type { DynamicLink } from "../../../shared/connector/parameter-link.ts";
import { Button } from "../../ui/button.tsx";
import { Checkbox } from "../../ui/checkbox.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Field } from "../../ui/field.tsx";
import { Choice } from "../../ui/input.tsx";
import { LinkArguments } from "./link-arguments.tsx";
import { type ListPlace, listPlaces, placeOf } from "./list-places.ts";

/** "Create a parameter link": the endpoint that gives the list, the value in each item, what people see. */
export function LinkDialog({
  connector,
  endpoint,
  parameter,
  onClose,
  onSave,
}: {
  connector: ConnectorDraft;
  endpoint: Endpoint;
  parameter: Parameter;
  onClose: () => void;
  onSave: (link: DynamicLink) => void;
}) {
  const before = parameter.link?.kind === "dynamic" ? parameter.link : null;
  const [linkedKey, setLinkedKey] = useState<string | null>(before?.endpoint ?? null);
  const [place, setPlace] = useState<string | null>(before ? placeOf(before.items, before.value) : null);
  const [display, setDisplay] = useState<string | null>(
    before && before.label !== undefined ? placeOf(before.items, before.label) : null,
  );
  const [args, setArgs] = useState<DynamicLink["args"]>(before?.args ?? {});
  const [search, setSearch] = useState<string | null>(before?.search ?? null);
  const [allowCustom, setAllowCustom] = useState(before?.allowCustom ?? false);
  const reads = connector.endpoints.filter((each) => effectOf(each) === "read");
  const linked = reads.find(({ key }) => key === linkedKey);
  const places = useMemo(() => (linked ? listPlaces(linked) : []), [linked]);
  const chosen = places.find(({ id }) => id === place);
  const sameList = places.filter(({ items }) => items === chosen?.items);
  const shown = sameList.find(({ id }) => id === display);

  return (
    <Dialog
      open
      onClose={onClose}
      title="Create a parameter link"
      description={`“${parameter.name}” is limited to a list that another endpoint gives: values outside of it are not sent.`}
      hint={linked ? (chosen ? undefined : "Choose the linked parameter.") : "Choose the linked endpoint."}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            look="primary"
            disabled={!linked || !chosen}
            onClick={() => linked && chosen && onSave(linkOf({ linked, chosen, shown, args, search, allowCustom }))}
          >
            Save
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <Field
          label="Linked endpoint"
          required
          help="The endpoint that retrieves the acceptable values. It must be a read."
          error={reads.length === 0 ? "No endpoint of this connector is a read: mark one as a read first." : undefined}
        >
          {(control) => (
            <Choice
              {...control}
              value={linkedKey}
              options={reads.map(({ key, name }) => ({ value: key, label: name }))}
              onChange={(key) => {
                setLinkedKey(key);
                setPlace(null);
                setDisplay(null);
                setArgs({});
                setSearch(null);
              }}
            />
          )}
        </Field>
        {linked && places.length === 0 && (
          <p role="alert" className="text-sm text-waiting-text">
            It is not known yet what “{linked.name}” answers. Run its test and pull its parameters first.
          </p>
        )}
        {linked && places.length > 0 && (
          <>
            <Field label="Linked parameter" required help="What is sent when somebody chooses an entry.">
              {(control) => <Choice {...control} value={place} options={options(places)} onChange={setPlace} />}
            </Field>
            <Field label="Display parameter" help="What people see instead, for example a name.">
              {(control) => (
                <Choice
                  {...control}
                  value={display ?? ""}
                  disabled={!chosen}
                  options={[{ value: "", label: "The same" }, ...options(sameList)]}
                  onChange={(next) => setDisplay(next === "" ? null : next)}
                />
              )}
            </Field>
            <LinkArguments
              endpoint={endpoint}
              parameter={parameter}
              linked={linked}
              args={args}
              search={search}
              onChange={setArgs}
            />
            {linked.parameters.some((each) => each.in !== "path") && (
              <Field label="Search parameter" help="Takes what people type, where the API searches its list itself.">
                {(control) => (
                  <Choice
                    {...control}
                    value={search ?? "none"}
                    options={[
                      { value: "none", label: "None: the list is searched here" },
                      ...linked.parameters
                        .filter((each) => each.in !== "path")
                        .map(({ key, name }) => ({ value: key, label: name })),
                    ]}
                    onChange={(key) => setSearch(key === "none" ? null : key)}
                  />
                )}
              </Field>
            )}
            <Checkbox checked={allowCustom} onChange={setAllowCustom}>
              Other values may be sent too
            </Checkbox>
          </>
        )}
      </div>
    </Dialog>
  );
}

function linkOf(chosen: {
  linked: Endpoint;
  chosen: ListPlace;
  shown: ListPlace | undefined;
  args: DynamicLink["args"];
  search: string | null;
  allowCustom: boolean;
}): DynamicLink {
  const { linked, chosen: value, shown, args, search, allowCustom } = chosen;
  return {
    kind: "dynamic",
    endpoint: linked.key,
    items: value.items,
    value: value.within,
    ...(shown && { label: shown.within }),
    args,
    ...(search !== null && { search }),
    allowCustom,
  };
}

function options(places: readonly ListPlace[]): { value: string; label: string }[] {
  return places.map(({ id, label }) => ({ value: id, label }));
}
