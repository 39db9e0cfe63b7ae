import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { UserRoundCheck } from "lucide-react";
import { waitingForMeQuery } from "../../api/wait-routes.ts";
import { RelativeTime } from "../../ui/relative-time.tsx";

/** What whoever looks may decide; nothing where there is nothing. */
export function WaitingForYou() {
  const { data } = useQuery(waitingForMeQuery);
  if (!data || data.waits.length === 0) return null;
  return (
    <section aria-label="Waiting for you" className="mx-6 mb-4 rounded-card border border-waiting-line bg-waiting-tint">
      <h2 className="flex items-center gap-2 px-4 pt-3 pb-1 font-semibold text-sm text-waiting-text">
        <UserRoundCheck className="size-4" aria-hidden="true" />
        Waiting for you
        <span className="tabular-nums">{data.waits.length}</span>
      </h2>
      <ul className="max-h-60 overflow-y-auto pb-2">
        {data.waits.map((wait) => (
          <li key={`${wait.run} ${wait.step}`} className="flex items-baseline gap-3 px-4 py-1.5 text-sm">
            <Link
              to="/runs/$run"
              params={{ run: wait.run }}
              search={{ step: wait.step }}
              className="min-w-0 truncate rounded-small font-medium hover:underline"
            >
              {wait.kind === "outcome" ? `${wait.title}: was it performed?` : wait.title}
            </Link>
            <span className="min-w-0 flex-1 truncate text-muted">{wait.flow.name}</span>
            <span className="whitespace-nowrap text-muted text-xs">
              {wait.kind === "outcome" ? "Sent " : "Time is up "}
              <RelativeTime at={wait.kind === "outcome" ? wait.since : wait.until} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
