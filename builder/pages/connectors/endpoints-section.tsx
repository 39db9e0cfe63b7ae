import { getRouteApi, Link } from "@tanstack/react-router";
import { clsx } from "clsx";
import { Plus } from "lucide-react";
import { useState } from "react";
import type { EndpointTest } from "../../../shared/api/connectors.ts";
import type { Endpoint } from "../../../shared/connector/endpoint.ts";
import { Button } from "../../ui/button.tsx";
import { Empty } from "../../ui/empty.tsx";
import { Lamp } from "../../ui/lamp.tsx";
import { LooseCable } from "../shell/loose-cable.tsx";
import { EndpointEditor } from "./endpoint-editor.tsx";
import type { LoadedConnector } from "./loaded-connector.ts";
import { Method } from "./method.tsx";
import { TestAllDialog } from "./test-all-dialog.tsx";
import { countStates, testLamps, testStateOf, testWords } from "./test-state.ts";

const route = getRouteApi("/shell/connectors/$connector");
const newEndpoint: Endpoint = { key: "new-endpoint", name: "", method: "GET", path: "/", parameters: [] };

/** All endpoints of a connector beside the one that is open. */
export function EndpointsSection({
  loaded,
  readOnly,
  mayTest,
}: {
  loaded: LoadedConnector;
  readOnly: boolean;
  mayTest: boolean;
}) {
  const { document, tests } = loaded;
  const { endpoint: asked } = route.useSearch();
  const navigate = route.useNavigate();
  const [adding, setAdding] = useState(false);
  const [testing, setTesting] = useState(false);
  const [search, setSearch] = useState("");
  const open = document.endpoints.find(({ key }) => key === asked) ?? document.endpoints[0];
  const wanted = search.trim().toLowerCase();
  const shown = document.endpoints.filter(({ name, path }) => `${name} ${path}`.toLowerCase().includes(wanted));
  const select = (endpoint: string) => navigate({ search: { section: "endpoints", endpoint }, replace: true });

  return (
    <section aria-label="Endpoints" className="flex h-full min-h-0">
      <div className="flex w-72 shrink-0 flex-col border-line border-r">
        <div className="flex flex-col gap-2 border-line border-b p-3 has-[>:only-child:empty]:hidden">
          <div className="flex gap-2">
            {!readOnly && (
              <Button size="small" className="flex-1" onClick={() => setAdding(true)}>
                <Plus aria-hidden="true" />
                New endpoint
              </Button>
            )}
            {mayTest && (
              <Button
                size="small"
                className={readOnly ? "flex-1" : undefined}
                disabled={document.endpoints.length === 0}
                onClick={() => setTesting(true)}
              >
                Test all endpoints
              </Button>
            )}
          </div>
          {document.endpoints.length > 8 && (
            <input
              aria-label="Search endpoints"
              type="search"
              placeholder="Search by name or path"
              value={search}
              onChange={(event) => setSearch(event.target.value)}
              className="h-8 rounded-control border border-line-control bg-page px-2.5 text-sm"
            />
          )}
        </div>
        {document.endpoints.length > 0 && (
          <ul
            aria-label="Tests of the endpoints"
            className="flex flex-wrap gap-x-3 gap-y-1 px-3.5 pt-2 text-muted text-xs tabular-nums"
          >
            {countStates(document.endpoints, tests).map(([state, count]) => (
              <li key={state} className="inline-flex items-center gap-1 whitespace-nowrap">
                <Lamp state={testLamps[state]} className="size-3" />
                {count} {state}
              </li>
            ))}
          </ul>
        )}
        <ul aria-label="Endpoints of the connector" className="min-h-0 flex-1 overflow-y-auto p-1.5">
          {shown.map((endpoint) => (
            <EndpointItem
              key={endpoint.key}
              connector={document.key}
              endpoint={endpoint}
              test={tests.find((test) => test.endpoint === endpoint.key)}
              current={!adding && endpoint.key === open?.key}
              onOpen={() => setAdding(false)}
            />
          ))}
          {shown.length === 0 && wanted !== "" && (
            <li className="px-2 py-6 text-center text-muted text-sm">No endpoint is like that.</li>
          )}
        </ul>
      </div>
      <div className="min-w-0 flex-1 overflow-y-auto">
        {adding ? (
          <EndpointEditor
            key="new"
            loaded={loaded}
            endpoint={newEndpoint}
            isNew
            readOnly={readOnly}
            mayTest={mayTest}
            onSaved={(key) => {
              setAdding(false);
              void select(key);
            }}
            onCancel={() => setAdding(false)}
          />
        ) : open ? (
          <EndpointEditor
            key={open.key}
            loaded={loaded}
            endpoint={open}
            isNew={false}
            readOnly={readOnly}
            mayTest={mayTest}
            onSaved={(key) => void select(key)}
            onCancel={() => {}}
          />
        ) : (
          <Empty
            title="No endpoints yet"
            picture={<LooseCable />}
            action={
              !readOnly && (
                <Button look="primary" onClick={() => setAdding(true)}>
                  New endpoint
                </Button>
              )
            }
          >
            An endpoint is one operation of the API that flows can call: its method, its path and what it takes.
          </Empty>
        )}
      </div>
      {testing && <TestAllDialog loaded={loaded} onClose={() => setTesting(false)} />}
    </section>
  );
}

function EndpointItem({
  connector,
  endpoint,
  test,
  current,
  onOpen,
}: {
  connector: string;
  endpoint: Endpoint;
  test: EndpointTest | undefined;
  current: boolean;
  onOpen: () => void;
}) {
  const state = testStateOf(test);
  const words = test && state === "failed" && test.message !== "" ? `failed: ${test.message}` : testWords[state];
  return (
    <li>
      <Link
        to="/connectors/$connector"
        params={{ connector }}
        search={{ section: "endpoints", endpoint: endpoint.key }}
        replace
        onClick={onOpen}
        aria-current={current ? "true" : undefined}
        className={clsx(
          "flex items-start gap-2 rounded-control px-2 py-1.5 -outline-offset-2 hover:bg-hover",
          current && "bg-pressed",
        )}
      >
        <Method method={endpoint.method} />
        <span className="flex min-w-0 flex-1 flex-col" data-tip={`${endpoint.name}: ${endpoint.path}`}>
          <span className="truncate text-sm">{endpoint.name}</span>
          <span className="truncate font-mono text-muted text-xs">{endpoint.path}</span>
        </span>
        <span className="pt-1" data-tip={words}>
          <Lamp state={testLamps[state]} />
          <span className="sr-only">{words}</span>
        </span>
      </Link>
    </li>
  );
}
