import type { Endpoint } from "../../../shared/connector/endpoint.ts";
import type { Parameter } from "../../../shared/connector/parameter.ts";
import type { DynamicLink, LinkArgument } from "../../../shared/connector/parameter-link.ts";
import { ValueField } from "../../panels/value-field.tsx";
import { Field } from "../../ui/field.tsx";
import { Choice } from "../../ui/input.tsx";

const fixed = "\u0000fixed";
const nothing = "\u0000nothing";

/** What the linked endpoint is called with: values of this endpoint's other parameters, or fixed ones. */
export function LinkArguments({
  endpoint,
  parameter,
  linked,
  args,
  search,
  onChange,
}: {
  endpoint: Endpoint;
  parameter: Parameter;
  linked: Endpoint;
  args: DynamicLink["args"];
  /** The parameter that takes what people type: it needs no argument. */
  search: string | null;
  onChange: (args: DynamicLink["args"]) => void;
}) {
  const others = endpoint.parameters.filter(({ key }) => key !== parameter.key);
  // What turns the pages is set by the pagination.
  const turns = linked.pagination && linked.pagination.kind !== "link" ? linked.pagination.parameter : null;
  const takes = linked.parameters.filter(({ key }) => key !== search && key !== turns);
  if (takes.length === 0) return null;
  const set = (key: string, argument: LinkArgument | null) => {
    const { [key]: _, ...rest } = args;
    onChange(argument === null ? rest : { ...rest, [key]: argument });
  };
  return (
    <fieldset className="flex min-w-0 flex-col gap-4">
      <legend className="mb-2 font-medium text-sm">Arguments of “{linked.name}”</legend>
      {takes.map((each) => {
        const argument = args[each.key];
        return (
          <div key={each.key} className="flex flex-col gap-2">
            <Field
              label={each.name}
              required={each.required}
              error={
                each.required && each.default === undefined && !argument
                  ? "the linked endpoint cannot be called without it"
                  : undefined
              }
            >
              {(control) => (
                <Choice
                  {...control}
                  value={argument === undefined ? nothing : "from" in argument ? argument.from : fixed}
                  options={[
                    { value: nothing, label: "Not sent" },
                    ...others.map(({ key, name }) => ({ value: key, label: `From “${name}”` })),
                    { value: fixed, label: "A fixed value" },
                  ]}
                  onChange={(chosen) =>
                    set(each.key, chosen === nothing ? null : chosen === fixed ? { value: each.example ?? "" } : { from: chosen })
                  }
                />
              )}
            </Field>
            {argument && "value" in argument && (
              <ValueField
                label={`Value of ${each.name}`}
                type={each.type}
                value={argument.value}
                roots={null}
                onChange={(value) => set(each.key, { value: value ?? "" })}
              />
            )}
          </div>
        );
      })}
    </fieldset>
  );
}
