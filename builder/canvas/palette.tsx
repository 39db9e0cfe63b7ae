import { useQuery } from "@tanstack/react-query";
import { Command } from "cmdk";
import { useMemo, useState } from "react";
import { connectionsQuery, installedQuery } from "../api/queries.ts";
import { Select } from "../ui/select.tsx";
import type { NodeChoice } from "./add-node.ts";
import { CommandDialog, commandItem, NothingFound } from "./command-dialog.tsx";
import { KindTile } from "./nodes/kind-tile.tsx";
import { byGroup, type PaletteEntry, paletteEntries, searchEntries } from "./palette-entries.ts";

/** More are only found by typing: a list that long is not read. */
const shownAtOnce = 80;

type Way = "behind" | "between" | "inside";

/**
 * Asks what to add: kinds of nodes and the endpoints of all connectors, by name and description. Where a node leads on already it
 * asks for the way too: beside what follows, as a branch of its own, or between the two; of a container, behind it or inside.
 */
export default function Palette({
  after,
  between,
  inside,
  first,
  bordered,
  onChoose,
  onClose,
  onClosed,
}: {
  /** Name of the node that the new one comes behind. */
  after: string | null;
  /** Names of the nodes that it may come between. */
  between: readonly [string, string] | null;
  /** Name of the container that it may go into. */
  inside: string | null;
  /** The way that is offered first. */
  first: Way;
  /** It comes behind a node inside of a container, where no trigger can be. */
  bordered: boolean;
  onChoose: (choice: NodeChoice, way: Way) => void;
  onClose: () => void;
  onClosed: () => void;
}) {
  const [way, setWay] = useState<Way>(first);
  const [query, setQuery] = useState("");
  const place = way === "between" ? "between" : way === "inside" || bordered ? "inside" : after === null ? "free" : "behind";
  const title = titleOf(way, { after, between, inside });
  const ways = waysOf({ after, between, inside });
  const connectors = useQuery(installedQuery);
  const connections = useQuery(connectionsQuery());
  const entries = useMemo(
    () => paletteEntries(connectors.data?.connectors ?? [], connections.data?.connections ?? [], place),
    [connectors.data, connections.data, place],
  );
  const found = searchEntries(entries, query);
  const shown = found.slice(0, shownAtOnce);
  return (
    <CommandDialog
      title={title}
      description="Type to search, choose with the arrow keys, add with Enter."
      placeholder="Search triggers, logic and endpoints…"
      query={query}
      onQuery={setQuery}
      onClose={onClose}
      onClosed={onClosed}
      head={
        place !== "free" && (
          <div className="flex items-center gap-3 px-4 pt-3 pb-1 text-sm">
            <span className="min-w-0 flex-1 truncate font-medium">{title}</span>
            {ways.length > 1 && <Select label="Where it goes" value={way} options={ways} onChange={setWay} />}
          </div>
        )
      }
    >
      {connectors.isError && <p className="px-2 py-2 text-failed-text text-sm">The connectors could not be loaded.</p>}
      <NothingFound>
        Nothing is called “{query}”. Endpoints come from connectors: make one under Integrations, by hand or from an OpenAPI file.
      </NothingFound>
      {byGroup(shown).map(([group, items]) => (
        <Command.Group key={group} heading={group}>
          {items.map((entry) => (
            <EntryLine key={entry.key} entry={entry} onChoose={() => onChoose(entry.choice, way)} />
          ))}
        </Command.Group>
      ))}
      {found.length > shown.length && (
        <p className="px-2 py-2 text-muted text-xs">{found.length - shown.length} more: type to find them.</p>
      )}
    </CommandDialog>
  );
}

type Places = { after: string | null; between: readonly [string, string] | null; inside: string | null };

function waysOf({ after, between, inside }: Places): { value: Way; label: string }[] {
  const ways: { value: Way; label: string }[] = [];
  if (after !== null) ways.push({ value: "behind", label: between ? `Beside “${between[1]}”` : `Behind “${after}”` });
  if (between) ways.push({ value: "between", label: `Before “${between[1]}”` });
  if (inside !== null) ways.push({ value: "inside", label: `Inside “${inside}”` });
  return ways;
}

function titleOf(way: Way, { after, between, inside }: Places): string {
  if (way === "inside" && inside !== null) return `Add a node inside “${inside}”`;
  if (way === "between" && between) return `Add a node between “${between[0]}” and “${between[1]}”`;
  if (after === null) return "Add a node";
  return `Add a node after “${after}”`;
}

function EntryLine({ entry, onChoose }: { entry: PaletteEntry; onChoose: () => void }) {
  return (
    <Command.Item value={entry.key} onSelect={onChoose} className={commandItem}>
      <KindTile kind={entry.kind} size="small" />
      <span className="flex min-w-0 flex-1 flex-col">
        <span className="truncate font-medium">{entry.name}</span>
        <span className="truncate text-muted text-xs">{entry.description}</span>
      </span>
      {entry.hint && <code className="shrink-0 font-mono text-muted text-xs">{entry.hint}</code>}
    </Command.Item>
  );
}
