import { useQuery } from "@tanstack/react-query";
import { Command } from "cmdk";
import { useMemo, useState } from "react";
import { connectionsQuery, connectorsQuery } from "../api/queries.ts";
import type { NodeChoice } from "./add-node.ts";
import { CommandDialog, commandItem, NothingFound } from "./command-dialog.tsx";
import { KindTile } from "./nodes/kind-tile.tsx";
import { byGroup, type PaletteEntry, paletteEntries, searchEntries } from "./palette-entries.ts";

/** More are only found by typing: a list that long is not read. */
const shownAtOnce = 80;

/** Asks what to add: kinds of nodes and the endpoints of all connectors, by name and description. */
export default function Palette({
  after,
  onChoose,
  onClose,
  onClosed,
}: {
  /** Name of the node that the new one comes behind. */
  after: string | null;
  onChoose: (choice: NodeChoice) => void;
  onClose: () => void;
  onClosed: () => void;
}) {
  const [query, setQuery] = useState("");
  const connectors = useQuery(connectorsQuery);
  const connections = useQuery(connectionsQuery());
  const entries = useMemo(
    () => paletteEntries(connectors.data?.connectors ?? [], connections.data?.connections ?? [], { behind: after !== null }),
    [connectors.data, connections.data, after],
  );
  const found = searchEntries(entries, query);
  const shown = found.slice(0, shownAtOnce);
  return (
    <CommandDialog
      title={after === null ? "Add a node" : `Add a node after “${after}”`}
      description="Type to search, choose with the arrow keys, add with Enter."
      placeholder="Search triggers, logic and endpoints…"
      query={query}
      onQuery={setQuery}
      onClose={onClose}
      onClosed={onClosed}
    >
      {connectors.isError && <p className="px-2 py-2 text-failed-text text-sm">The connectors could not be loaded.</p>}
      <NothingFound>
        Nothing is called “{query}”. Endpoints come from connectors: make one under Integrations, by hand or from an OpenAPI file.
      </NothingFound>
      {byGroup(shown).map(([group, items]) => (
        <Command.Group key={group} heading={group}>
          {items.map((entry) => (
            <EntryLine key={entry.key} entry={entry} onChoose={onChoose} />
          ))}
        </Command.Group>
      ))}
      {found.length > shown.length && (
        <p className="px-2 py-2 text-muted text-xs">{found.length - shown.length} more: type to find them.</p>
      )}
    </CommandDialog>
  );
}

function EntryLine({ entry, onChoose }: { entry: PaletteEntry; onChoose: (choice: NodeChoice) => void }) {
  return (
    <Command.Item value={entry.key} onSelect={() => onChoose(entry.choice)} className={commandItem}>
      <KindTile kind={entry.kind} size="small" />
      <span className="flex min-w-0 flex-1 flex-col">
        <span className="truncate font-medium">{entry.name}</span>
        <span className="truncate text-muted text-xs">{entry.description}</span>
      </span>
      {entry.hint && <code className="shrink-0 font-mono text-muted text-xs">{entry.hint}</code>}
    </Command.Item>
  );
}
