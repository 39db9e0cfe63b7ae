import { Link2 } from "lucide-react";
import type { Parameter } from "../../../shared/connector/parameter.ts";
import type { LinkSuggestion } from "../../../shared/connector/suggest-links.ts";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Menu, type MenuItem } from "../../ui/menu.tsx";

/** One declared parameter with what is special about it, and its menu. */
export function ParameterRow({
  parameter,
  disabled,
  onEdit,
  onEnumerate,
  onLink,
  onUnlink,
  suggestion,
  onSuggested,
  onRemove,
}: {
  parameter: Parameter;
  disabled: boolean;
  onEdit: () => void;
  onEnumerate: () => void;
  onLink: () => void;
  onUnlink: () => void;
  /** The list that its value seems to come from. */
  suggestion: LinkSuggestion | undefined;
  onSuggested: (suggestion: LinkSuggestion) => void;
  onRemove: () => void;
}) {
  const { key, name, type, required, link, description, wireName, file, hidden, advanced } = parameter;
  const items: MenuItem[] = [
    { label: "Edit", onSelect: onEdit },
    { label: link?.kind === "static" ? "Edit the enumerate value" : "Create an enumerate value", onSelect: onEnumerate },
    { label: link?.kind === "dynamic" ? "Edit the parameter link" : "Create a parameter link", onSelect: onLink },
    ...(link ? [{ label: "Remove the link", onSelect: onUnlink }] : []),
    ...(parameter.in === "path" ? [] : [{ label: "Remove", danger: true, onSelect: onRemove }]),
  ];
  return (
    <li className="flex items-center gap-3 px-3 py-2" data-testid="parameter-row">
      <div className="flex min-w-0 flex-1 flex-col">
        <span className="flex items-baseline gap-2">
          <span className="truncate font-medium text-sm">{name}</span>
          <code className="truncate font-mono text-muted text-xs">
            {wireName === undefined ? key : `${key}, sent as ${wireName}`}
          </code>
        </span>
        {description && <span className="truncate text-muted text-xs">{description}</span>}
      </div>
      {suggestion && (
        <Button size="small" className="max-w-56" onClick={() => onSuggested(suggestion)}>
          <Link2 aria-hidden="true" />
          <span className="truncate">Link to {suggestion.name}?</span>
        </Button>
      )}
      {link && <Badge tone="accent">{link.kind === "static" ? `${link.values.length} values` : "Linked"}</Badge>}
      {hidden && <Badge>Hidden</Badge>}
      {advanced && !hidden && <Badge>Advanced</Badge>}
      {required && <Badge>Required</Badge>}
      <span className="w-16 text-muted text-xs">{file ? "file" : type}</span>
      {!disabled && <Menu label={`Actions for ${name}`} items={items} />}
    </li>
  );
}
