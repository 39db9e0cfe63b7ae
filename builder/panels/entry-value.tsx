import { useQuery } from "@tanstack/react-query";
import type { ValueName } from "../../shared/run/journal.ts";
import { entryValuesQuery } from "../api/queries.ts";
import { Button } from "../ui/button.tsx";
import { JsonView } from "../ui/json-view.tsx";
import { Skeleton } from "../ui/skeleton.tsx";

/** One value of a journal entry, fetched by the entry's number. `root` is what copied paths start with. */
export function EntryValue({
  run,
  entry,
  name,
  root,
  label,
}: {
  run: string;
  entry: number;
  name: ValueName;
  root: string;
  label: string;
}) {
  const { data, error, refetch } = useQuery(entryValuesQuery(run, entry));
  if (error)
    return (
      <div role="alert" className="flex items-center gap-3 rounded-control bg-failed-tint px-3 py-2 text-failed-text text-sm">
        <span className="min-w-0 flex-1">
          {label} could not be loaded: {error.message}
        </span>
        <Button size="small" onClick={() => void refetch()}>
          Try again
        </Button>
      </div>
    );
  if (!data) return <Skeleton className="h-24" />;
  const value = data.values[name];
  if (value === undefined) return <p className="text-muted text-sm">{label} was not recorded.</p>;
  return <JsonView key={`${run} ${entry} ${name}`} value={value} root={root} label={label} />;
}
