import { useMemo, useState } from "react";
import type { ConnectorDraft } from "../../../shared/connector/connector.ts";
import { type Endpoint, effectOf } from "../../../shared/connector/endpoint.ts";
import type { Parameter } from "../../../shared/connector/parameter.ts";
import type { DynamicLink } from "../../../shared/connector/parameter-link.ts";
import { Button } from "../../ui/button.tsx";
import { Checkbox } from "../../ui/checkbox.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Field } from "../../ui/field.tsx";
import { Choice, Input } from "../../ui/input.tsx";
import { LinkArguments } from "./link-arguments.tsx";
import { draftOf, type LinkDraft, linkOf, withLinked } from "./link-draft.ts";
import { LinkMore } from "./link-more.tsx";
import { LinkPreview } from "./link-preview.tsx";
import { type ListPlace, listPlaces } from "./list-places.ts";

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
  const [draft, setDraft] = useState(() => draftOf(parameter.link?.kind === "dynamic" ? parameter.link : null));
  const set = (change: Partial<LinkDraft>) => setDraft({ ...draft, ...change });
  const reads = connector.endpoints.filter((each) => effectOf(each) === "read");
  const linked = reads.find(({ key }) => key === draft.linked);
  const places = useMemo(() => (linked ? listPlaces(linked) : []), [linked]);
  const link = useMemo(() => linkOf(draft, places), [draft, places]);
  const isReady = linked !== undefined && link !== null;

  return (
    <Dialog
      open
      onClose={onClose}
      title={parameter.link?.kind === "dynamic" ? "Edit the parameter link" : "Create a parameter link"}
      description={`“${parameter.name}” is limited to a list that another endpoint gives: values outside of it are not sent.`}
      hint={linked ? (link ? undefined : "Choose the linked parameter.") : "Choose the linked endpoint."}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" disabled={!isReady} onClick={() => link && onSave(link)}>
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
              value={draft.linked}
              options={reads.map(({ key, name }) => ({ value: key, label: name }))}
              onChange={(key) => setDraft(withLinked(draft, key))}
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
              {(control) => (
                <Choice {...control} value={draft.place} options={options(places)} onChange={(place) => set({ place })} />
              )}
            </Field>
            <DisplayFields draft={draft} places={places} onChange={setDraft} />
            <LinkArguments
              endpoint={endpoint}
              parameter={parameter}
              linked={linked}
              args={draft.args}
              search={draft.search}
              onChange={(args) => set({ args })}
            />
            <SearchField linked={linked} search={draft.search} onChange={(search) => set({ search })} />
            <Checkbox checked={draft.allowCustom} onChange={(allowCustom) => set({ allowCustom })}>
              Other values may be sent too
            </Checkbox>
            <LinkMore endpoints={connector.endpoints} linked={linked} draft={draft} onChange={setDraft} />
            {link && <LinkPreview connector={connector} endpoint={endpoint} parameter={parameter} link={link} />}
          </>
        )}
      </div>
    </Dialog>
  );
}

const asValue = "value";
const asText = "text";

/** What people see of an entry: its value, another field of it, or a text of several. */
function DisplayFields({
  draft,
  places,
  onChange,
}: {
  draft: LinkDraft;
  places: readonly ListPlace[];
  onChange: (draft: LinkDraft) => void;
}) {
  const { shown } = draft;
  const chosen = places.find(({ id }) => id === draft.place);
  const sameList = places.filter(({ items }) => items === chosen?.items);
  const set = (next: LinkDraft["shown"]) => onChange({ ...draft, shown: next });
  return (
    <>
      <Field label="Display parameter" help="What people see instead, for example a name.">
        {(control) => (
          <Choice
            {...control}
            value={shown.as === "place" ? shown.place : shown.as}
            disabled={!chosen}
            options={[
              { value: asValue, label: "The same" },
              ...options(sameList),
              { value: asText, label: "A text with several of them" },
            ]}
            onChange={(next) => {
              if (next === asValue) set({ as: "value" });
              else if (next === asText) set({ as: "text", text: firstText(sameList) });
              else set({ as: "place", place: next });
            }}
          />
        )}
      </Field>
      {shown.as === "text" && (
        <Field label="Display text" required help="Paths within an item stand in braces: {name} ({key}).">
          {(control) => (
            <Input {...control} mono value={shown.text} onChange={(event) => set({ as: "text", text: event.target.value })} />
          )}
        </Field>
      )}
    </>
  );
}

/** Something to begin with. */
function firstText(places: readonly ListPlace[]): string {
  const named = places.find(({ within }) => /(^|\.)(name|title|label)$/i.test(within)) ?? places[0];
  return named ? `{${named.within}}` : "";
}

function SearchField({
  linked,
  search,
  onChange,
}: {
  linked: Endpoint;
  search: string | null;
  onChange: (search: string | null) => void;
}) {
  const takes = linked.parameters.filter((each) => each.in !== "path");
  if (takes.length === 0) return null;
  return (
    <Field label="Search parameter" help="Takes what people type, where the API searches its list itself.">
      {(control) => (
        <Choice
          {...control}
          value={search ?? ""}
          options={[
            { value: "", label: "None: the list is searched here" },
            ...takes.map(({ key, name }) => ({ value: key, label: name })),
          ]}
          onChange={(key) => onChange(key === "" ? null : key)}
        />
      )}
    </Field>
  );
}

function options(places: readonly ListPlace[]): { value: string; label: string }[] {
  return places.map(({ id, label }) => ({ value: id, label }));
}
