import { AppError } from "../../shared/app-error.ts";
import { limitGroupProblem, limitsProblem } from "../../shared/connector/check-limits.ts";
import type { ConnectorDraft } from "../../shared/connector/connector.ts";
import { settle } from "../../shared/connector/settle-draft.ts";
import type { ImportedConnector } from "./import/imported-connector.ts";

type Chosen = Omit<ImportedConnector, "source">;

/** The chosen endpoints of an import, without what depends on others. Throws `bad_request` for a key that it has not. */
export function chooseEndpoints({ source: _, ...imported }: ImportedConnector, keys: string[]): Chosen {
  const known = new Set(imported.endpoints.map(({ key }) => key));
  const unknown = keys.find((key) => !known.has(key));
  if (unknown !== undefined) throw new AppError("bad_request", `from.endpoints: the import has no endpoint "${unknown}"`);
  const wanted = new Set(keys);
  const draft: ConnectorDraft = {
    schemaVersion: 1,
    key: "import",
    name: "import",
    description: "",
    incomingWebhooks: [],
    ...imported,
    endpoints: imported.endpoints.filter(({ key }) => wanted.has(key)),
  };
  const { baseUrl, variables, auth, endpoints, limits, verification, actions } = settle(withKnownLimits(draft)).draft;
  return {
    baseUrl,
    ...(variables && { variables }),
    auth,
    endpoints,
    ...(limits && { limits }),
    ...(verification && { verification }),
    ...(actions && { actions }),
  };
}

/** A file may name limits that it does not have, or that cannot be. */
function withKnownLimits({ limits, ...draft }: ConnectorDraft): ConnectorDraft {
  const known: ConnectorDraft = limits && limitsProblem(draft, limits) === null ? { ...draft, limits } : draft;
  const endpoints = known.endpoints.map((endpoint) => {
    if (limitGroupProblem(known, endpoint.limitGroup) === null) return endpoint;
    const { limitGroup: _, ...rest } = endpoint;
    return rest;
  });
  return { ...known, endpoints };
}
