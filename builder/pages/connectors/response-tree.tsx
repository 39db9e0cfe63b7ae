import { ChevronRight, Plus } from "lucide-react";
import { useMemo, useState } from "react";
import { readPath } from "../../../shared/flow/expression.ts";
import type { Json } from "../../../shared/json.ts";
import { IconButton } from "../../ui/icon-button.tsx";
import { fieldsAtOnce, openFieldsAtFirst, type ResponseRow, responseRows } from "./response-rows.ts";
import { type FieldFacts, type FieldPath, placeText } from "./response-schema.ts";

/** Response parameters as a tree: each field's type, what may be absent or null, and its value in the sample. */
export function ResponseTree({
  schema,
  sample,
  onEdit,
  onAdd,
}: {
  schema: Json;
  sample: Json | undefined;
  /** Left out where nothing can be changed. */
  onEdit?: (path: FieldPath, facts: FieldFacts) => void;
  onAdd?: (path: FieldPath) => void;
}) {
  const [open, setOpen] = useState(() => openFieldsAtFirst(schema));
  const [listed, setListed] = useState<ReadonlyMap<string, number>>(new Map());
  const rows = useMemo(() => responseRows(schema, open, listed), [schema, open, listed]);
  function toggle({ id }: ResponseRow): void {
    const next = new Set(open);
    if (!next.delete(id)) next.add(id);
    setOpen(next);
  }
  return (
    <ul aria-label="Response parameters" className="@container rounded-card border border-line py-1.5">
      {rows.map((row) =>
        row.more ? (
          <li key={row.id} className="px-3 py-1" style={{ paddingLeft: indent(row) }}>
            <button
              type="button"
              className="rounded-small text-accent-text text-xs hover:underline"
              onClick={() => {
                const { container } = row.more ?? { container: "" };
                setListed(new Map(listed).set(container, (listed.get(container) ?? fieldsAtOnce) + fieldsAtOnce * 5));
              }}
            >
              {row.more.left} more
            </button>
          </li>
        ) : (
          <Row
            key={row.id}
            row={row}
            sample={row.count > 0 ? undefined : (readPath(sample, row.path) as Json | undefined)}
            onToggle={() => toggle(row)}
            onEdit={onEdit}
            onAdd={
              onAdd &&
              ((path) => {
                setOpen(new Set(open).add(row.id));
                onAdd(path);
              })
            }
          />
        ),
      )}
    </ul>
  );
}

function indent({ path }: ResponseRow): string {
  return `calc(var(--space) * ${3 + path.length * 3})`;
}

function Row({
  row,
  sample,
  onToggle,
  onEdit,
  onAdd,
}: {
  row: ResponseRow;
  sample: Json | undefined;
  onToggle: () => void;
  onEdit: ((path: FieldPath, facts: FieldFacts) => void) | undefined;
  onAdd: ((path: FieldPath) => void) | undefined;
}) {
  const { name, path, facts, count, open } = row;
  const place = placeText(path);
  return (
    <li className="group grid min-h-7 grid-cols-[minmax(0,3fr)_minmax(0,2fr)_--spacing(7)] items-center gap-3 @min-[480px]:grid-cols-[minmax(0,5fr)_minmax(0,5fr)_minmax(0,4fr)_--spacing(7)] pr-2 text-xs hover:bg-hover">
      <span className="flex min-w-0 items-center gap-1" style={{ paddingLeft: indent(row) }}>
        <button
          type="button"
          aria-label={open ? `Close ${place}` : `Open ${place}`}
          aria-expanded={open}
          onClick={onToggle}
          className={`size-4 shrink-0 rounded-small text-muted ${count === 0 ? "invisible" : ""}`}
        >
          <ChevronRight aria-hidden="true" className={`size-3.5 transition-transform ${open ? "rotate-90" : ""}`} />
        </button>
        {onEdit ? (
          <button
            type="button"
            data-tip={`Edit ${place}`}
            onClick={() => onEdit(path, facts)}
            className="min-w-0 truncate rounded-small font-medium font-mono hover:underline"
          >
            {name}
          </button>
        ) : (
          <span className="min-w-0 truncate font-medium font-mono">{name}</span>
        )}
      </span>
      <span className="truncate text-muted" data-tip={facts.description || undefined}>
        {words(row)}
      </span>
      <span className="hidden truncate text-right font-mono text-muted @min-[480px]:block">
        {sample === undefined ? "" : JSON.stringify(sample).slice(0, 80)}
      </span>
      {onAdd && facts.type === "object" ? (
        <IconButton label={`Add a field to ${place}`} className="size-6!" onClick={() => onAdd(path)}>
          <Plus aria-hidden="true" />
        </IconButton>
      ) : (
        <span />
      )}
    </li>
  );
}

function words({ path, facts, count }: ResponseRow): string {
  const { type, format, nullable, optional, values, description } = facts;
  return [
    count > 0 && type === "object" ? `object, ${count} ${count === 1 ? "field" : "fields"}` : type,
    format,
    values.length > 0 && `one of ${values.slice(0, 4).join(", ")}${values.length > 4 ? " …" : ""}`,
    nullable && "may be null",
    optional && path.length > 0 && "may be absent",
    description && `· ${description}`,
  ]
    .filter((part) => part)
    .join(", ")
    .replace(", · ", " · ");
}
