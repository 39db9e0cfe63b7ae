import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import type { ConnectorDraft } from "../../../shared/connector/connector.ts";
import type { Endpoint } from "../../../shared/connector/endpoint.ts";
import { flattenParameters, responseParameters } from "../../../shared/connector/response-parameters.ts";
import { samplesQuery } from "../../api/sample-queries.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Input } from "../../ui/input.tsx";
import { pathText } from "../../ui/json-rows.ts";
import { ChoiceField } from "./choice-field.tsx";

/** More than a person looks through; the search finds the others. */
const shownAtMost = 100;

/** Chooses a value of another endpoint's answer, which the input of a test then is: `{{tests.<endpoint>.body.id}}`. */
export function TestReferenceDialog({
  connector,
  endpoint,
  input,
  onClose,
  onChoose,
}: {
  connector: ConnectorDraft;
  /** Whose test takes the value: its own answer comes too late. */
  endpoint: Endpoint;
  /** Name of the parameter. */
  input: string;
  onClose: () => void;
  onChoose: (reference: string) => void;
}) {
  const others = connector.endpoints.filter(({ key }) => key !== endpoint.key);
  const [asked, setAsked] = useState<string | null>(null);
  const [search, setSearch] = useState("");
  const chosen = others.find(({ key }) => key === asked);
  const { data, isPending } = useQuery({ ...samplesQuery(connector.key, asked ?? ""), enabled: asked !== null });
  const sample = data?.samples[0]?.body ?? chosen?.responseSample;
  const places = useMemo(
    () => (chosen ? flattenParameters(responseParameters(chosen.responseSchema, sample)) : []),
    [chosen, sample],
  );
  const wanted = search.trim().toLowerCase();
  const found = places
    .filter(({ children }) => children.length === 0)
    .map((place) => ({ place, path: pathText("", place.path) }))
    .filter(({ path }) => path.toLowerCase().includes(wanted));
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Value of an earlier test for “${input}”`}
      description="When all endpoints are tested, the other one goes first, and its answer gives the value."
      hint={found.length > shownAtMost ? `${found.length - shownAtMost} more: search for them.` : undefined}
      footer={<Button onClick={onClose}>Cancel</Button>}
    >
      <div className="flex flex-col gap-4">
        <ChoiceField
          label="Endpoint"
          value={asked}
          empty={others.length === 0 ? "There is no other endpoint" : "Choose an endpoint"}
          options={others.map(({ key, name, method }) => ({ value: key, label: `${name} (${method})` }))}
          onChange={setAsked}
        />
        {chosen && places.length > 0 && (
          <>
            <Input
              aria-label="Search the answer"
              placeholder="Search"
              value={search}
              onChange={(event) => setSearch(event.target.value)}
            />
            <ul aria-label="Values of its answer" className="max-h-72 overflow-y-auto rounded-card border border-line p-1">
              {found.slice(0, shownAtMost).map(({ place, path }) => (
                <li key={path}>
                  <button
                    type="button"
                    onClick={() => onChoose(`{{${pathText(`tests.${chosen.key}.body`, place.path)}}}`)}
                    className="flex min-h-8 w-full items-baseline gap-3 rounded-control px-2 py-1 text-left font-mono text-xs -outline-offset-2 hover:bg-hover"
                  >
                    <span className="min-w-0 flex-1 truncate">{path}</span>
                    <span className="max-w-1/2 truncate text-muted">
                      {place.sample === undefined ? place.type : JSON.stringify(place.sample).slice(0, 60)}
                    </span>
                  </button>
                </li>
              ))}
              {found.length === 0 && <li className="px-2 py-1 text-muted text-sm">Nothing fits “{search}”.</li>}
            </ul>
          </>
        )}
        {chosen && places.length === 0 && !isPending && (
          <p className="text-sm text-waiting-text">No answer of “{chosen.name}” is known yet: run its test first.</p>
        )}
      </div>
    </Dialog>
  );
}
