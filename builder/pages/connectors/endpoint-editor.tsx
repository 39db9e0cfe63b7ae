import { useBlocker } from "@tanstack/react-router";
import { useRef, useState } from "react";
import { withPathParameters } from "../../../shared/connector/apply-connector-edit.ts";
import type { Endpoint } from "../../../shared/connector/endpoint.ts";
import { Button } from "../../ui/button.tsx";
import { Confirm } from "../../ui/dialog.tsx";
import { ProblemLine } from "../../ui/problem-line.tsx";
import { TabPanel, Tabs } from "../../ui/tabs.tsx";
import { contentTypeProblem } from "./body-fields.tsx";
import { EndpointFacts } from "./endpoint-facts.tsx";
import { EndpointFields } from "./endpoint-fields.tsx";
import { endpointKey } from "./endpoint-key.ts";
import type { LoadedConnector } from "./loaded-connector.ts";
import { PaginationFields } from "./pagination-fields.tsx";
import { paginationProblem } from "./pagination-lists.ts";
import { ParametersEditor } from "./parameters-editor.tsx";
import { ResponseTab } from "./response-tab.tsx";
import { TestConsole } from "./test-console.tsx";
import { useConnectorEdit } from "./use-connector-edit.ts";

type Tab = "request" | "test" | "response";
const tabs: readonly { value: Tab; label: string }[] = [
  { value: "request", label: "Request" },
  { value: "test", label: "Test" },
  { value: "response", label: "Response" },
];

/** One endpoint: what it takes, a test of it, what it gives. Changes are kept here until they are saved. */
export function EndpointEditor({
  loaded,
  endpoint: saved,
  isNew,
  readOnly,
  mayTest,
  onSaved,
  onCancel,
}: {
  loaded: LoadedConnector;
  endpoint: Endpoint;
  isNew: boolean;
  readOnly: boolean;
  /** Only administrators make calls with sample inputs. */
  mayTest: boolean;
  onSaved: (key: string) => void;
  onCancel: () => void;
}) {
  const [draft, setDraft] = useState(saved);
  const [base, setBase] = useState(saved);
  const [tab, setTab] = useState<Tab>("request");
  const root = useRef<HTMLDivElement>(null);
  const [removing, setRemoving] = useState(false);
  const edit = useConnectorEdit(loaded);
  // What was saved, here or by pulling parameters, is what is edited next.
  if (base !== saved && JSON.stringify(base) !== JSON.stringify(saved)) {
    setBase(saved);
    if (JSON.stringify(draft) === JSON.stringify(base)) setDraft(saved);
  }
  const dirty = JSON.stringify(draft) !== JSON.stringify(saved);
  // A new endpoint that was saved is left for its own page, while its form still differs from an empty one.
  const leaving = useRef(false);
  useBlocker({
    shouldBlockFn: () => dirty && !leaving.current && !window.confirm("Leave without saving the endpoint?"),
    enableBeforeUnload: dirty,
  });

  /** Another tab is seen from its beginning. */
  function show(next: Tab): void {
    setTab(next);
    if (root.current?.parentElement) root.current.parentElement.scrollTop = 0;
  }

  /** What could not be saved stays in the form, with the reason. */
  async function save(next: Endpoint): Promise<void> {
    setDraft(next);
    const others = loaded.document.endpoints.map(({ key }) => key);
    const endpoint = isNew ? { ...next, key: endpointKey(next.name, others) } : next;
    if (!(await edit.save({ edit: "endpoint", replaces: isNew ? null : saved.key, endpoint }))) return;
    // What was typed meanwhile is not saved yet, and stays.
    setDraft((now) => (now === next ? withPathParameters(endpoint) : now));
    leaving.current = isNew;
    if (isNew) onSaved(endpoint.key);
  }

  const waitsFor =
    draft.name.trim() === ""
      ? "Enter a display name."
      : dirty
        ? (paginationProblem(draft.pagination, draft) ?? contentTypeProblem(draft.body?.contentType ?? "") ?? null)
        : "Everything is saved";

  return (
    <div ref={root} className="flex flex-col">
      <header className="flex flex-wrap items-center gap-3 px-6 pt-5 pb-3">
        <div className="min-w-0 flex-1">
          <h2 className="truncate font-semibold text-lg">{draft.name || "New endpoint"}</h2>
          {!readOnly && (
            <p className="flex gap-2 text-muted text-xs">
              {dirty && <span className="text-waiting-text">Not saved</span>}
              {waitsFor}
            </p>
          )}
        </div>
        {!readOnly && (
          <>
            {isNew ? (
              <Button onClick={onCancel}>Cancel</Button>
            ) : (
              <Button look="quiet" onClick={() => setRemoving(true)}>
                Delete …
              </Button>
            )}
            <Button look="primary" busy={edit.saving} disabled={waitsFor !== null} onClick={() => void save(draft)}>
              Save endpoint
            </Button>
          </>
        )}
      </header>
      {edit.problem && (
        <div className="px-6 pb-3">
          <ProblemLine text={edit.problem} />
        </div>
      )}
      <Tabs
        label="Endpoint"
        inset="page"
        value={tab}
        onChange={show}
        tabs={mayTest ? tabs : tabs.filter(({ value }) => value !== "test")}
      >
        <TabPanel value="request">
          <div className="flex max-w-reading flex-col gap-8 px-2 pb-8">
            {readOnly ? (
              <EndpointFacts endpoint={saved} limits={loaded.document.limits} />
            ) : (
              <EndpointFields
                endpoint={draft}
                known={saved.parameters}
                baseUrl={loaded.document.baseUrl}
                limits={loaded.document.limits}
                fieldProblem={edit.fieldProblem}
                onChange={setDraft}
              />
            )}
            <ParametersEditor
              connector={loaded.document}
              endpoint={draft}
              disabled={readOnly}
              fieldProblem={edit.fieldProblem}
              onChange={setDraft}
              onLinked={(next) => void save(next)}
            />
            {!readOnly && <PaginationFields endpoint={draft} onChange={setDraft} />}
          </div>
        </TabPanel>
        <TabPanel value="test">
          {isNew || dirty ? (
            <p className="px-2 text-sm">Save the endpoint first: a test calls what is saved.</p>
          ) : (
            <TestConsole loaded={loaded} endpoint={saved} readOnly={readOnly} onPulled={() => show("response")} />
          )}
        </TabPanel>
        <TabPanel value="response">
          <ResponseTab connector={loaded.document.key} endpoint={draft} isNew={isNew} readOnly={readOnly} onChange={setDraft} />
        </TabPanel>
      </Tabs>
      <Confirm
        open={removing}
        onClose={() => setRemoving(false)}
        onConfirm={() => void edit.save({ edit: "remove-endpoint", endpoint: saved.key }).then(() => setRemoving(false))}
        busy={edit.saving}
        title={`Delete “${saved.name}”?`}
        consequence="Flows that call it keep their published version, and cannot be published again until they call another endpoint."
        verb="Delete endpoint"
        keep="Keep it"
      />
    </div>
  );
}
