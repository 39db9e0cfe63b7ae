import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect } from "react";
import { runQuery } from "../api/queries.ts";
import { shortId } from "../ui/short-id.ts";

/** Whom or what a run's journal names as the one who did something, as the end of "Canceled by …". */
export function Who({ run, by }: { run: string; by: string }) {
  if (by.startsWith("usr_")) return <PersonName run={run} person={by} />;
  if (by.startsWith("run_"))
    return (
      <Link to="/runs/$run" params={{ run: by }}>
        run <code className="font-mono text-xs">{shortId(by)}</code>
      </Link>
    );
  if (by.startsWith("evt_"))
    return (
      <Link to="/events/$event" params={{ event: by }}>
        event <code className="font-mono text-xs">{shortId(by)}</code>
      </Link>
    );
  return by === "concurrency" ? "a newer run of this flow" : "somebody who has the link";
}

/** Names come with the run; of somebody who acted since then it is asked for once more. */
function PersonName({ run, person }: { run: string; person: string }) {
  const { data, refetch } = useQuery({ ...runQuery(run), select: ({ people }) => people, refetchOnMount: false });
  const isNew = data !== undefined && !Object.hasOwn(data, person);
  useEffect(() => {
    if (isNew) void refetch({ cancelRefetch: false });
  }, [isNew, refetch]);
  return data?.[person] ?? (data === undefined || isNew ? "somebody" : "somebody who has left");
}
