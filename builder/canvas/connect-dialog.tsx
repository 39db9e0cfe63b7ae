import { Command } from "cmdk";
import { Check } from "lucide-react";
import { useState } from "react";
import type { FlowEdit } from "../../shared/flow/edits.ts";
import type { Flow } from "../../shared/flow/flow.ts";
import type { FlowNode } from "../../shared/flow/node.ts";
import { Select } from "../ui/select.tsx";
import { CommandDialog, commandItem, NothingFound } from "./command-dialog.tsx";
import { connect, likelyPort, portChoices, targetsOf } from "./connect.ts";
import { KindTile } from "./nodes/kind-tile.tsx";

/** Connects a node to another without a mouse, and takes an edge away again: the edges of a port are ticked. */
export default function ConnectDialog({
  flow,
  source,
  onEdit,
  onClose,
  onClosed,
}: {
  flow: Flow;
  source: FlowNode;
  onEdit: (edit: FlowEdit) => void;
  onClose: () => void;
  onClosed: () => void;
}) {
  const [query, setQuery] = useState("");
  const [port, setPort] = useState(() => likelyPort(flow, source.id));
  const ports = portChoices(flow, source.id);
  const found = targetsOf(flow, { source: source.id, port }).filter(({ node }) =>
    node.name.toLowerCase().includes(query.trim().toLowerCase()),
  );
  return (
    <CommandDialog
      title={`Connect “${source.name}” to`}
      description="Type to search, choose with the arrow keys, connect with Enter. Choosing a connected node takes the edge away."
      placeholder="Search nodes…"
      query={query}
      onQuery={setQuery}
      onClose={onClose}
      onClosed={onClosed}
      head={
        <div className="flex items-center gap-3 px-4 pt-3 pb-1 text-sm">
          <span className="min-w-0 flex-1 truncate font-medium">Connect “{source.name}” to…</span>
          {ports.length > 1 && (
            <Select
              label="Leaving by"
              value={port}
              options={ports.map((choice) => ({ value: choice.port, label: choice.name }))}
              onChange={setPort}
            />
          )}
        </div>
      }
    >
      <NothingFound>No other node has “{query}” in its name.</NothingFound>
      {found.map(({ node, wish, drawn, problem }) => (
        <Command.Item
          key={node.id}
          value={node.id}
          disabled={problem !== null}
          className={commandItem}
          onSelect={() => onEdit(drawn ? { edit: "remove", nodes: [], edges: [drawn.id] } : connect(flow, wish))}
        >
          <KindTile kind={node.kind} size="small" />
          <span className="flex min-w-0 flex-1 flex-col">
            <span className="truncate font-medium">{node.name}</span>
            {problem && <span className="text-muted text-xs">{problem}</span>}
            {drawn && <span className="text-muted text-xs">Connected: choose it to take the edge away</span>}
          </span>
          {drawn && <Check aria-hidden="true" className="size-4 shrink-0 text-accent-text" />}
        </Command.Item>
      ))}
    </CommandDialog>
  );
}
