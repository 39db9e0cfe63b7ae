import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { History } from "lucide-react";
import { lazy, Suspense, useMemo, useState } from "react";
import { refusalsQuery, sessionQuery } from "../../api/queries.ts";
import { Button } from "../../ui/button.tsx";
import { Segmented } from "../../ui/segmented.tsx";
import { SkeletonRows } from "../../ui/skeleton.tsx";
import { Page, PageHeader } from "../shell/page.tsx";
import { AcceptedEvents } from "./accepted-events.tsx";
import { EventFilters } from "./event-filters.tsx";
import { type InboxSearch, readInboxSearch } from "./inbox-search.ts";
import { RefusedDeliveries } from "./refused-deliveries.tsx";

const Detective = lazy(() => import("./detective.tsx"));
const ReplayMany = lazy(() => import("./replay-many.tsx"));
const route = getRouteApi("/shell/events");

const words = {
  accepted: "Everything that came in, stored before it was acknowledged: webhooks, API calls, schedules, polls and Run now.",
  refused: "Deliveries that were turned away. They are kept in memory only and are gone after a restart.",
  detective:
    "Give it a request as it was captured and its secret: it finds out how the sender signs, or what keeps it from matching.",
} as const;

/** The inbox: what came in and was kept, what was turned away, and how to find out why. */
export function EventsPage() {
  const given = route.useSearch();
  const search = useMemo(() => readInboxSearch(given), [given]);
  const navigate = route.useNavigate();
  const { data: refused } = useQuery(refusalsQuery);
  const { data: session } = useQuery(sessionQuery);
  const isAdministrator = session?.person.role === "administrator";
  const [replaying, setReplaying] = useState(false);
  const view = search.view ?? "accepted";
  const show = (next: InboxSearch) => void navigate({ search: next, replace: true });
  return (
    <Page crumbs={[{ label: "Events" }]} width="table">
      <div className="flex flex-col gap-4 p-6 pb-4">
        <PageHeader
          title="Events"
          action={
            view === "accepted" &&
            isAdministrator && (
              <Button onClick={() => setReplaying(true)}>
                <History aria-hidden="true" />
                Replay events
              </Button>
            )
          }
        >
          {words[view]}
        </PageHeader>
        <Segmented
          label="Deliveries"
          value={view}
          onChange={(next) => void navigate({ search: next === "accepted" ? {} : { view: next } })}
          segments={[
            { value: "accepted", label: "Accepted" },
            { value: "refused", label: "Refused", count: refused?.refusals.length },
            ...(isAdministrator ? [{ value: "detective" as const, label: "Signature detective" }] : []),
          ]}
        />
        {view === "accepted" && <EventFilters search={search} onChange={show} />}
      </div>
      <Suspense fallback={<SkeletonRows rows={6} />}>
        {view === "detective" ? (
          <Detective />
        ) : view === "refused" ? (
          <RefusedDeliveries mayDetect={isAdministrator} />
        ) : (
          <AcceptedEvents search={search} onShowAll={() => show({})} />
        )}
        {replaying && <ReplayMany search={search} onClose={() => setReplaying(false)} />}
      </Suspense>
    </Page>
  );
}
