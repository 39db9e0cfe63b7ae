import { type Endpoint, effectOf } from "../../../shared/connector/endpoint.ts";
import { Checkbox } from "../../ui/checkbox.tsx";
import { Field } from "../../ui/field.tsx";
import { Choice, Input } from "../../ui/input.tsx";
import type { LinkDraft } from "./link-draft.ts";
import { NumberField } from "./number-field.tsx";

type Props = {
  endpoints: readonly Endpoint[];
  linked: Endpoint;
  draft: LinkDraft;
  onChange: (draft: LinkDraft) => void;
};

/** What few links need: a second line, barred entries, pages, a look-up by value, how long a list is kept, the check at run time. */
export function LinkMore({ endpoints, linked, draft, onChange }: Props) {
  const set = (change: Partial<LinkDraft>) => onChange({ ...draft, ...change });
  return (
    <details className="group">
      <summary className="cursor-pointer rounded-small font-medium text-muted text-sm hover:text-text">More</summary>
      <div className="flex flex-col gap-4 pt-4">
        <Field label="Description" help="A second line of each entry: a path within an item, or a text such as {owner.name}.">
          {(control) => (
            <Input {...control} mono value={draft.description} onChange={(event) => set({ description: event.target.value })} />
          )}
        </Field>
        <Field
          label="Not available when"
          help="A path within an item, e.g. archived: where it holds something, nobody can choose the item."
        >
          {(control) => (
            <Input {...control} mono value={draft.disabledWhen} onChange={(event) => set({ disabledWhen: event.target.value })} />
          )}
        </Field>
        {draft.search !== null && (
          <NumberField
            label="Characters before the API is searched"
            min={1}
            max={10}
            value={draft.searchMinimum}
            onChange={(searchMinimum) => set({ searchMinimum })}
          />
        )}
        <NumberField
          label="Pages at once"
          min={1}
          max={100}
          help={
            linked.pagination
              ? "How many pages are fetched before “Load more”."
              : `“${linked.name}” has no pagination: its first answer is the list.`
          }
          value={draft.maxPages}
          onChange={(maxPages) => set({ maxPages })}
        />
        <ResolveFields endpoints={endpoints} draft={draft} onChange={onChange} />
        <NumberField
          label="Keep the list for (seconds)"
          min={0}
          max={86_400}
          help="0: it is fetched each time. “Ask the API again” in the list never waits for it."
          value={draft.keepSeconds}
          onChange={(keepSeconds) => set({ keepSeconds })}
        />
        <Checkbox checked={draft.checked} onChange={(checked) => set({ checked })}>
          A run refuses values that are not in the list
        </Checkbox>
      </div>
    </details>
  );
}

const nothing = "";

/** The endpoint that finds one item by its value, for lists that are longer than what is fetched. */
function ResolveFields({ endpoints, draft, onChange }: Omit<Props, "linked">) {
  const finders = endpoints.filter((each) => effectOf(each) === "read" && each.parameters.length > 0);
  const { resolve } = draft;
  const finder = finders.find(({ key }) => key === resolve?.endpoint);
  const set = (next: LinkDraft["resolve"]) => onChange({ ...draft, resolve: next });
  return (
    <>
      <Field
        label="Look up one value with"
        help="For a value that is not among the fetched ones: its name, and whether it is there at all."
      >
        {(control) => (
          <Choice
            {...control}
            value={resolve?.endpoint ?? nothing}
            options={[
              { value: nothing, label: "Nothing" },
              ...finders.map(({ key, name, method, path }) => ({ value: key, label: `${name} · ${method} ${path}` })),
            ]}
            onChange={(key) => {
              const chosen = finders.find((each) => each.key === key);
              const first = chosen?.parameters.find((each) => each.in === "path") ?? chosen?.parameters[0];
              set(chosen && first ? { endpoint: key, argument: first.key, item: "" } : null);
            }}
          />
        )}
      </Field>
      {resolve && finder && (
        <>
          <Field label="It takes the value as">
            {(control) => (
              <Choice
                {...control}
                value={resolve.argument}
                options={finder.parameters.map(({ key, name }) => ({ value: key, label: name }))}
                onChange={(argument) => set({ ...resolve, argument })}
              />
            )}
          </Field>
          <Field label="The item in its answer" help="A path, e.g. data; empty when the answer is the item.">
            {(control) => (
              <Input {...control} mono value={resolve.item} onChange={(event) => set({ ...resolve, item: event.target.value })} />
            )}
          </Field>
        </>
      )}
    </>
  );
}
