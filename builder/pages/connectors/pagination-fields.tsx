import { useId } from "react";
import type { Endpoint } from "../../../shared/connector/endpoint.ts";
import type { Pagination } from "../../../shared/connector/pagination.ts";
import { Field } from "../../ui/field.tsx";
import { Input } from "../../ui/input.tsx";
import { NumberInput } from "../../ui/number-input.tsx";
import { ChoiceField } from "./choice-field.tsx";
import { cursorPaths, listPaths, newPagination } from "./pagination-lists.ts";

type Kind = Pagination["kind"] | "none";
const kinds: readonly { value: Kind; label: string }[] = [
  { value: "none", label: "No: one answer has everything" },
  { value: "cursor", label: "By cursor: the answer names the next page" },
  { value: "offset", label: "By offset: the index of the first item" },
  { value: "page", label: "By page number" },
  { value: "link", label: "By the Link header" },
];

/** How an endpoint gives a long list page by page, so that a step can fetch all of them. */
export function PaginationFields({ endpoint, onChange }: { endpoint: Endpoint; onChange: (endpoint: Endpoint) => void }) {
  const { pagination, ...without } = endpoint;
  const set = (next: Pagination) => onChange({ ...endpoint, pagination: next });
  return (
    <section aria-label="Pagination" className="flex max-w-form flex-col gap-4">
      <h3 className="font-semibold text-sm">Pagination</h3>
      <ChoiceField
        label="Comes in pages"
        value={pagination?.kind ?? "none"}
        options={kinds}
        help="A step can then fetch all pages, up to a cap."
        onChange={(kind) => (kind === "none" ? onChange(without) : set(newPagination(kind, endpoint)))}
      />
      {pagination && <Recipe endpoint={endpoint} pagination={pagination} onChange={set} />}
    </section>
  );
}

function Recipe({
  endpoint,
  pagination,
  onChange,
}: {
  endpoint: Endpoint;
  pagination: Pagination;
  onChange: (pagination: Pagination) => void;
}) {
  return (
    <>
      <PathField
        label="The list in the answer"
        paths={listPaths(endpoint)}
        help="Left empty, the whole answer is the list."
        value={pagination.items}
        onChange={(items) => onChange({ ...pagination, items })}
      />
      {pagination.kind !== "link" && (
        <ParameterField
          label={
            pagination.kind === "cursor" ? "Cursor parameter" : pagination.kind === "page" ? "Page parameter" : "Offset parameter"
          }
          endpoint={endpoint}
          value={pagination.parameter}
          onChange={(parameter) => onChange({ ...pagination, parameter })}
        />
      )}
      {pagination.kind === "cursor" && (
        <PathField
          label="The next cursor in the answer"
          required
          paths={cursorPaths(endpoint)}
          help="Absent, null or empty on the last page."
          value={pagination.next}
          onChange={(next) => onChange({ ...pagination, next })}
        />
      )}
      {pagination.kind === "page" && (
        <ChoiceField
          label="The first page is"
          value={pagination.first === 0 ? "0" : "1"}
          options={[
            { value: "1", label: "Page 1" },
            { value: "0", label: "Page 0" },
          ]}
          onChange={(first) => onChange({ ...pagination, first: Number(first) })}
        />
      )}
      {(pagination.kind === "offset" || pagination.kind === "page") && (
        <Sizes endpoint={endpoint} pagination={pagination} onChange={onChange} />
      )}
    </>
  );
}

function Sizes({
  endpoint,
  pagination,
  onChange,
}: {
  endpoint: Endpoint;
  pagination: Extract<Pagination, { kind: "offset" | "page" }>;
  onChange: (pagination: Pagination) => void;
}) {
  const { sizeParameter, size, ...rest } = pagination;
  const withSize = (next: number | null) => (next === null ? {} : { size: next });
  return (
    <div className="grid grid-cols-[minmax(0,1fr)_8rem] gap-4">
      <ParameterField
        label="Page size parameter"
        endpoint={endpoint}
        optional
        value={sizeParameter ?? ""}
        onChange={(next) =>
          onChange({ ...rest, ...withSize(size ?? (next === "" ? null : 100)), ...(next !== "" && { sizeParameter: next }) })
        }
      />
      <Field label="Items a page">
        {(control) => (
          <NumberInput
            {...control}
            value={size ?? null}
            accepts={(next) => next === null || (Number.isInteger(next) && next >= 1 && next <= 10_000)}
            onChange={(next) => onChange({ ...rest, ...(sizeParameter !== undefined && { sizeParameter }), ...withSize(next) })}
          />
        )}
      </Field>
    </div>
  );
}

function ParameterField({
  label,
  endpoint,
  value,
  optional = false,
  onChange,
}: {
  label: string;
  endpoint: Endpoint;
  value: string;
  optional?: boolean;
  onChange: (key: string) => void;
}) {
  const offered = endpoint.parameters.filter(({ in: place }) => place !== "path");
  const known = offered.some(({ key }) => key === value);
  return (
    <ChoiceField
      label={label}
      required={!optional}
      value={value === "" && !optional ? null : value}
      empty={offered.length === 0 ? "Add a parameter first" : "Choose a parameter"}
      options={[
        ...(optional ? [{ value: "", label: "None" }] : []),
        ...(value !== "" && !known ? [{ value, label: `${value} (removed)` }] : []),
        ...offered.map(({ key, name }) => ({ value: key, label: name === key ? key : `${name} (${key})` })),
      ]}
      onChange={onChange}
    />
  );
}

/** A path that may be typed, with those of the pulled answer to choose from. */
function PathField({
  label,
  paths,
  help,
  value,
  required = false,
  onChange,
}: {
  label: string;
  paths: readonly string[];
  help: string;
  value: string;
  required?: boolean;
  onChange: (path: string) => void;
}) {
  const list = useId();
  return (
    <Field label={label} help={help} required={required}>
      {(control) => (
        <>
          <Input
            {...control}
            mono
            className="[&::-webkit-calendar-picker-indicator]:opacity-60"
            list={list}
            maxLength={300}
            value={value}
            onChange={(event) => onChange(event.target.value)}
          />
          <datalist id={list}>
            {paths
              .filter((path) => path !== "")
              .slice(0, 200)
              .map((path) => (
                <option key={path} value={path} />
              ))}
          </datalist>
        </>
      )}
    </Field>
  );
}
