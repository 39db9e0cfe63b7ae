import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { refusalsQuery } from "../../api/queries.ts";
import { Segmented } from "../../ui/segmented.tsx";
import { Page, PageHeader } from "../shell/page.tsx";
import { AcceptedEvents } from "./accepted-events.tsx";
import { RefusedDeliveries } from "./refused-deliveries.tsx";

const route = getRouteApi("/shell/events");

/** The inbox: what came in and was kept, and what was turned away. */
export function EventsPage() {
  const { view } = route.useSearch();
  const navigate = route.useNavigate();
  const { data: refused } = useQuery(refusalsQuery);
  return (
    <Page crumbs={[{ label: "Events" }]} width="table">
      <div className="flex flex-col gap-4 p-6 pb-4">
        <PageHeader title="Events">
          {view === "refused"
            ? "Deliveries that were turned away. They are kept in memory only and are gone after a restart."
            : "Every accepted webhook and every Run now, stored before it was acknowledged."}
        </PageHeader>
        <Segmented
          label="Deliveries"
          value={view ?? "accepted"}
          onChange={(value) => void navigate({ search: { view: value === "refused" ? value : undefined } })}
          segments={[
            { value: "accepted", label: "Accepted" },
            { value: "refused", label: "Refused", count: refused?.refusals.length },
          ]}
        />
      </div>
      {view === "refused" ? <RefusedDeliveries /> : <AcceptedEvents />}
    </Page>
  );
}
