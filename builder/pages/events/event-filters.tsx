import { useQuery } from "@tanstack/react-query";
import { Search } from "lucide-react";
import { useEffect, useState } from "react";
import type { EventState } from "../../../shared/api/events.ts";
import { flowsQuery } from "../../api/queries.ts";
import { Segmented } from "../../ui/segmented.tsx";
import { Select } from "../../ui/select.tsx";
import { sourceWord } from "../runs/runs-table.tsx";
import { type InboxSearch, periods } from "./inbox-search.ts";

const states: readonly { value: EventState | "all"; label: string }[] = [
  { value: "all", label: "All" },
  { value: "accepted", label: "Started runs" },
  { value: "held", label: "Held" },
  { value: "filtered", label: "Filtered out" },
  { value: "duplicated", label: "Sent again" },
  { value: "no-run", label: "No run" },
];
const sources = [{ value: "", label: "All sources" }, ...Object.entries(sourceWord).map(([value, label]) => ({ value, label }))];
const settleMs = 300;

/** What of the inbox is shown. A text is searched for when its typing has come to rest. */
export function EventFilters({ search, onChange }: { search: InboxSearch; onChange: (search: InboxSearch) => void }) {
  const { data: flows } = useQuery(flowsQuery);
  return (
    <div className="flex flex-wrap items-center gap-2">
      <Segmented
        label="State"
        value={search.state ?? "all"}
        segments={states}
        onChange={(state) => onChange({ ...search, state: state === "all" ? undefined : state })}
      />
      <Select
        label="Source"
        value={search.source ?? ""}
        options={sources}
        onChange={(source) => onChange({ ...search, source: (source || undefined) as InboxSearch["source"] })}
      />
      <Select
        label="Flow"
        value={search.flow ?? ""}
        options={[{ value: "", label: "All flows" }, ...(flows?.flows ?? []).map(({ id, name }) => ({ value: id, label: name }))]}
        onChange={(flow) => onChange({ ...search, flow: flow || undefined })}
      />
      <Select
        label="Time"
        value={search.since ?? ""}
        options={[{ value: "", label: "Any time" }, ...periods.map(({ value, label }) => ({ value, label }))]}
        onChange={(since) => onChange({ ...search, since: (since || undefined) as InboxSearch["since"] })}
      />
      <TextSearch text={search.text ?? ""} onChange={(text) => onChange({ ...search, text: text || undefined })} />
    </div>
  );
}

function TextSearch({ text, onChange }: { text: string; onChange: (text: string) => void }) {
  const [typed, setTyped] = useState(text);
  useEffect(() => setTyped(text), [text]);
  useEffect(() => {
    if (typed === text) return;
    const timer = setTimeout(() => onChange(typed), settleMs);
    return () => clearTimeout(timer);
  }, [typed, text, onChange]);
  return (
    <label className="relative flex">
      <span className="sr-only">Text in the body</span>
      <Search aria-hidden="true" className="pointer-events-none absolute top-1.5 left-2 size-4 text-muted" />
      <input
        type="search"
        placeholder="Text in the body"
        maxLength={200}
        value={typed}
        onChange={({ target }) => setTyped(target.value)}
        className="h-7 w-52 rounded-control border border-line-control bg-page pr-2 pl-8 text-sm placeholder:text-faint"
      />
    </label>
  );
}
