import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { EndpointSample } from "../../../shared/api/connectors.ts";
import type { Endpoint } from "../../../shared/connector/endpoint.ts";
import type { Json } from "../../../shared/json.ts";
import { samplesQuery } from "../../api/sample-queries.ts";
import { Button } from "../../ui/button.tsx";
import { ProblemLine } from "../../ui/problem-line.tsx";
import { notify } from "../../ui/toast.ts";
import type { LoadedConnector } from "./loaded-connector.ts";
import { pullParameters } from "./response-pull.ts";
import { type PulledResponse, ResponsePullDialog } from "./response-pull-dialog.tsx";
import { useConnectorEdit } from "./use-connector-edit.ts";

/** Takes the fields of a good answer, with those of the answers before it; asks first where there is something to decide. */
export function PullFromTest({
  loaded,
  endpoint,
  answer,
  onPulled,
}: {
  loaded: LoadedConnector;
  endpoint: Endpoint;
  answer: Json;
  onPulled: () => void;
}) {
  const client = useQueryClient();
  const edit = useConnectorEdit(loaded);
  const [deciding, setDeciding] = useState<readonly EndpointSample[] | null>(null);

  async function pull(): Promise<void> {
    const kept = await client
      .fetchQuery({ ...samplesQuery(loaded.document.key, endpoint.key), staleTime: 0 })
      .catch(() => ({ samples: [] }));
    // Without the kept ones there is still the one on the screen.
    const samples = kept.samples.length > 0 ? kept.samples : [{ status: 200, body: answer, takenAt: Date.now() }];
    const pulled = pullParameters(
      samples.map(({ body }) => body),
      endpoint.responseSchema,
      { keep: true, taken: new Set() },
    );
    if (pulled.differences.length > 0 || pulled.suggestions.length > 0) setDeciding(samples);
    else await take({ responseSchema: pulled.schema, responseSample: pulled.sample, responseOrigin: "pulled" });
  }

  async function take(response: PulledResponse): Promise<void> {
    const saved = await edit.save({ edit: "endpoint", replaces: endpoint.key, endpoint: { ...endpoint, ...response } });
    setDeciding(null);
    if (!saved) return;
    notify("done", "Parameters pulled", "They are under Response, and later steps of a flow can use them.");
    onPulled();
  }

  return (
    <>
      <div className="flex items-center gap-3">
        <Button look="primary" busy={edit.saving} onClick={() => void pull()}>
          Pull parameters
        </Button>
        <span className="text-muted text-sm">makes the answer's fields known to flows</span>
      </div>
      {edit.problem && <ProblemLine text={edit.problem} />}
      {deciding && (
        <ResponsePullDialog
          endpoint={endpoint}
          samples={deciding}
          busy={edit.saving}
          onClose={() => setDeciding(null)}
          onTake={(response) => void take(response)}
        />
      )}
    </>
  );
}
