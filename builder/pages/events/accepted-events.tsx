import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import type { EventSummary } from "../../../shared/api/events.ts";
import { eventsQuery } from "../../api/queries.ts";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Empty } from "../../ui/empty.tsx";
import { formatSize } from "../../ui/format-size.ts";
import { Lamp, State, stateWord } from "../../ui/lamp.tsx";
import { RelativeTime } from "../../ui/relative-time.tsx";
import { shortId } from "../../ui/short-id.ts";
import { SkeletonRows } from "../../ui/skeleton.tsx";
import { type Column, rowLink, Table } from "../../ui/table.tsx";
import { sourceWord } from "../runs/runs-table.tsx";
import { ApiProblem } from "../shell/api-problem.tsx";
import { LooseCable } from "../shell/loose-cable.tsx";
import { filtersOf, type InboxSearch, isFiltered } from "./inbox-search.ts";

const columns: readonly Column<EventSummary>[] = [
  {
    key: "event",
    header: "Event",
    width: "w-32",
    cell: (event) => (
      <Link to="/events/$event" params={{ event: event.id }} className={`${rowLink} font-mono text-xs`}>
        {shortId(event.id)}
      </Link>
    ),
  },
  { key: "flow", header: "Flow", cell: (event) => event.flow?.name ?? <span className="text-muted">None</span> },
  {
    key: "source",
    wideOnly: true,
    header: "Source",
    width: "w-24",
    cell: (event) => <span className="text-muted">{sourceWord[event.source]}</span>,
  },
  {
    key: "type",
    wideOnly: true,
    header: "Type",
    width: "w-44",
    cell: (event) => <span className="font-mono text-muted text-xs">{event.eventType ?? "–"}</span>,
  },
  { key: "runs", header: "State", width: "w-40", cell: (event) => <StateOfEvent event={event} /> },
  {
    key: "duplicates",
    wideOnly: true,
    header: "Sent again",
    width: "w-24",
    align: "right",
    cell: (event) => (event.duplicates === 0 ? <span className="text-faint">–</span> : `${event.duplicates} ×`),
  },
  { key: "size", header: "Size", width: "w-24", align: "right", cell: (event) => formatSize(event.size) },
  {
    key: "received",
    header: "Received",
    width: "w-32",
    align: "right",
    cell: (event) => (
      <span className="text-muted">
        <RelativeTime at={event.receivedAt} />
      </span>
    ),
  },
];

/** What became of it: its runs, or why it has none. */
function StateOfEvent({ event }: { event: EventSummary }) {
  if (event.held) return <Badge tone="waiting">Held</Badge>;
  if (event.filtered) return <Badge>Filtered out</Badge>;
  return <RunsOfEvent runs={event.runs} />;
}

function RunsOfEvent({ runs }: { runs: EventSummary["runs"] }) {
  const [first, ...others] = runs;
  if (!first) return <span className="text-muted">No run</span>;
  if (others.length === 0)
    return (
      <Link to="/runs/$run" params={{ run: first.id }} className="rounded-small hover:underline">
        <State state={first.status} />
      </Link>
    );
  return (
    <span className="flex items-center gap-1.5">
      {runs.slice(0, 6).map((run) => (
        <Link
          key={run.id}
          to="/runs/$run"
          params={{ run: run.id }}
          aria-label={`Run ${stateWord(run.status)}`}
          data-tip={stateWord(run.status)}
        >
          <Lamp state={run.status} />
        </Link>
      ))}
      <span className="text-muted">{runs.length} runs</span>
    </span>
  );
}

/** What was kept, newest first, as far as it passes the filters. */
export function AcceptedEvents({ search, onShowAll }: { search: InboxSearch; onShowAll: () => void }) {
  // Once for each choice: a filter that moved with the clock would ask again and again.
  const filters = useMemo(() => filtersOf(search, Date.now()), [search]);
  const events = useInfiniteQuery(eventsQuery(filters));
  if (events.isPending) return <SkeletonRows rows={12} />;
  if (events.error && !events.data)
    return <ApiProblem error={events.error} what="The events could not be loaded" onRetry={() => void events.refetch()} />;
  const rows = events.data.pages.flatMap((page) => page.events);
  if (rows.length === 0 && isFiltered(search))
    return (
      <Empty
        title="No event matches"
        action={
          events.hasNextPage ? (
            <Button busy={events.isFetchingNextPage} onClick={() => void events.fetchNextPage()}>
              Look further back
            </Button>
          ) : (
            <Button onClick={onShowAll}>Show all events</Button>
          )
        }
      >
        {events.hasNextPage
          ? "Not among the newest; there are older ones."
          : "There are events only in other states, flows or times."}
      </Empty>
    );
  if (rows.length === 0)
    return (
      <Empty title="No events yet" picture={<LooseCable />}>
        Point a webhook at the hook URL of a flow, and each accepted delivery appears here with its raw body and its runs.
      </Empty>
    );
  return (
    <>
      <Table label="Events" columns={columns} rows={rows} rowKey={(event) => event.id} rowTestId="event-row" />
      {events.hasNextPage && (
        <div className="flex justify-center p-4">
          <Button busy={events.isFetchingNextPage} onClick={() => void events.fetchNextPage()}>
            Load older events
          </Button>
        </div>
      )}
    </>
  );
}
