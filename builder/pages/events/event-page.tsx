import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useMemo } from "react";
import type { EventDetail } from "../../../shared/api/events.ts";
import { eventQuery, sessionQuery } from "../../api/queries.ts";
import { CopyButton } from "../../ui/copy-button.tsx";
import { Fact, Facts } from "../../ui/facts.tsx";
import { formatSize } from "../../ui/format-size.ts";
import { formatExact } from "../../ui/format-time.ts";
import { JsonView, RawText } from "../../ui/json-view.tsx";
import { State } from "../../ui/lamp.tsx";
import { RelativeTime } from "../../ui/relative-time.tsx";
import { shortId } from "../../ui/short-id.ts";
import { Skeleton } from "../../ui/skeleton.tsx";
import { parseBody } from "../flows/run-body.ts";
import { sourceWord } from "../runs/runs-table.tsx";
import { ApiProblem } from "../shell/api-problem.tsx";
import { Page, PageHeader } from "../shell/page.tsx";
import { HeadersTable } from "./headers-table.tsx";
import { ReplayEvent } from "./replay-event.tsx";

const route = getRouteApi("/shell/events/$event");

export function EventPage() {
  const { event: id } = route.useParams();
  const { data, error, refetch } = useQuery(eventQuery(id));
  return (
    <Page crumbs={[{ label: "Events", link: { to: "/events" } }, { label: shortId(id) }]} width="reading">
      {data ? (
        <EventBody event={data.event} />
      ) : error ? (
        <ApiProblem error={error} what="The event could not be loaded" onRetry={() => void refetch()} />
      ) : (
        <>
          <Skeleton className="h-7 w-72" />
          <Skeleton className="h-64" />
        </>
      )}
    </Page>
  );
}

function EventBody({ event }: { event: EventDetail }) {
  const { data: session } = useQuery(sessionQuery);
  const mayReplay = session?.person.role === "administrator";
  return (
    <>
      <PageHeader
        title={
          <>
            Event <code className="font-medium font-mono text-lg">{shortId(event.id)}</code>
            <CopyButton text={event.id} what="event id" />
          </>
        }
        action={mayReplay && event.flow && <ReplayEvent event={event.id} />}
      >
        {sourceWord[event.source]}, received <RelativeTime at={event.receivedAt} />
      </PageHeader>
      {event.held && (
        <p role="status" className="rounded-control bg-waiting-tint px-3 py-2 text-sm text-waiting-text">
          Its flow is paused: the event is held, and its run starts when the flow goes on.
        </p>
      )}
      {event.filtered && (
        <p role="status" className="rounded-control bg-pressed px-3 py-2 text-sm">
          It did not pass the trigger's filters, so it started no run.
        </p>
      )}
      <div className="grid grid-cols-1 items-start gap-8 lg:grid-cols-[minmax(0,1fr)_18rem]">
        <div className="flex min-w-0 flex-col gap-8">
          <BodySection event={event} />
          <NamedValues title="Headers" values={event.headers} />
          {Object.keys(event.query).length > 0 && <NamedValues title="Query" values={event.query} />}
        </div>
        <div className="flex flex-col gap-8">
          <RunsOfEvent event={event} />
          <section aria-labelledby="facts" className="flex flex-col gap-3">
            <h2 id="facts" className="font-semibold text-sm">
              Details
            </h2>
            <Facts>
              <Fact name="Flow">
                {event.flow ? (
                  <Link
                    to="/flows/$flow"
                    params={{ flow: event.flow.id }}
                    className="rounded-small text-accent-text hover:underline"
                  >
                    {event.flow.name}
                  </Link>
                ) : (
                  "None"
                )}
              </Fact>
              <Fact name="Received">{formatExact(event.receivedAt)}</Fact>
              <Fact name="Method">
                <code className="font-mono text-xs">{event.method}</code>
              </Fact>
              <Fact name="Size">{formatSize(event.size)}</Fact>
              <Fact name="Content type">
                <code className="font-mono text-xs">{event.contentType ?? "–"}</code>
              </Fact>
              {event.eventType && (
                <Fact name="Type">
                  <code className="break-all font-mono text-xs">{event.eventType}</code>
                </Fact>
              )}
              {event.source === "webhook" && <Fact name="Verified">{event.verified ?? "Not again: it was replayed"}</Fact>}
              <Fact name="Dedupe key">
                {event.dedupeKey ? (
                  <code className="break-all font-mono text-xs">{event.dedupeKey}</code>
                ) : (
                  "None: each delivery counts"
                )}
              </Fact>
              <Fact name="Sent again">
                {event.duplicates === 0 || event.lastDuplicateAt === null ? (
                  "No"
                ) : (
                  <>
                    {event.duplicates} ×, answered as a duplicate; last <RelativeTime at={event.lastDuplicateAt} />
                  </>
                )}
              </Fact>
              {event.delivery && (
                <Fact name="Part of a delivery">
                  Item {event.delivery.item + 1}, of {formatSize(event.delivery.size)} in all
                </Fact>
              )}
              {event.replayOf && (
                <Fact name="Replay of">
                  <Link
                    to="/events/$event"
                    params={{ event: event.replayOf }}
                    className="rounded-small font-mono text-accent-text text-xs hover:underline"
                  >
                    {shortId(event.replayOf)}
                  </Link>
                  {event.replayedBy && ` by ${event.replayedBy}`}
                </Fact>
              )}
            </Facts>
          </section>
        </div>
      </div>
    </>
  );
}

/** The body as a tree when it is JSON, and always as it came. */
function BodySection({ event }: { event: EventDetail }) {
  const parsed = useMemo(() => parseBody(event.body), [event.body]);
  if ("body" in parsed) return <JsonView value={parsed.body} root="trigger.body" label="Body" raw={event.body} />;
  return (
    <section aria-label="Body" className="flex flex-col gap-2">
      <div className="flex items-center gap-2">
        <h2 className="font-semibold text-sm leading-7">Body</h2>
        <span className="text-muted text-xs">{formatSize(event.size)}</span>
        <span className="ml-auto" />
        <CopyButton text={event.body} what="body" />
      </div>
      {event.parseError && event.size > 0 && (
        <p className="rounded-control bg-waiting-tint px-3 py-2 text-sm text-waiting-text">
          Not JSON: {event.parseError}. Steps get it as text.
        </p>
      )}
      <div className="rounded-control border border-line p-2">
        {event.size === 0 ? <p className="p-1 text-muted text-sm">The body is empty.</p> : <RawText text={event.body} />}
      </div>
    </section>
  );
}

function NamedValues({ title, values }: { title: string; values: Record<string, string> }) {
  return (
    <section aria-label={title} className="flex flex-col gap-2">
      <h2 className="font-semibold text-sm">{title}</h2>
      <div className="overflow-hidden rounded-control border border-line">
        <HeadersTable headers={values} label={title} />
      </div>
    </section>
  );
}

function RunsOfEvent({ event }: { event: EventDetail }) {
  return (
    <section aria-labelledby="runs-of-event" className="flex flex-col gap-2">
      {/* As high as the buttons beside the body's heading. */}
      <h2 id="runs-of-event" className="font-semibold text-sm leading-7">
        Runs
      </h2>
      {event.runs.length === 0 ? (
        <p className="text-muted text-sm">{event.held ? "This event has started no run yet." : "This event started no run."}</p>
      ) : (
        <ul className="overflow-hidden rounded-control border border-line">
          {event.runs.map((run) => (
            <li key={run.id} className="border-line border-b last:border-b-0">
              <Link
                to="/runs/$run"
                params={{ run: run.id }}
                className="flex h-9 items-center gap-3 px-3 -outline-offset-2 hover:bg-hover"
              >
                <State state={run.status} />
                <code className="ml-auto font-mono text-muted text-xs">{shortId(run.id)}</code>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
