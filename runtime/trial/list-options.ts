import type { listOptions as route } from "../../shared/api/connectors.ts";
import type { Body } from "../../shared/api/route.ts";
import { AppError } from "../../shared/app-error.ts";
import type { Endpoint } from "../../shared/connector/endpoint.ts";
import type { Parameter } from "../../shared/connector/parameter.ts";
import type { LinkOptions } from "../../shared/connector/parameter-link.ts";
import { readConnector } from "../connectors/connector-rows.ts";
import { readVersionDocument } from "../connectors/installed.ts";
import { shownOptions } from "./shown-options.ts";
import { connectionOf, endpointOf, type TrialDeps } from "./test-endpoint.ts";

type Asked = { workspace: string; connector: string; endpoint: string; body: Body<typeof route> };

/** The list of a linked parameter, in a connector's draft or in a version of it. Throws `not_found`. */
export async function listOptions(
  deps: TrialDeps,
  { workspace, connector: key, endpoint: name, body }: Asked,
): Promise<LinkOptions> {
  const { version, inputs, search, refresh, pages, value } = body;
  const connector =
    version === undefined
      ? (await readConnector(deps.sql, workspace, key)).document
      : await readVersionDocument(deps.sql, workspace, { key, number: version });
  const endpoint = endpointOf(connector, name);
  const connection = await connectionOf(deps, { workspace, connector: key, connection: body.connection });
  const parameter = linkedParameter(endpoint, body);
  const question = { connector, endpoint, parameter, connection, inputs, search, refresh, pages, value };
  return shownOptions(await deps.resolveLink(question), question);
}

/** A link that is only tried may be of a parameter that is not saved either. */
function linkedParameter(endpoint: Endpoint, { parameter: key, link }: Asked["body"]): Parameter {
  const parameter = endpoint.parameters.find((each) => each.key === key);
  if (link) return { ...(parameter ?? { key, name: key, in: "query", type: "string", required: false }), link };
  if (!parameter?.link) throw new AppError("not_found", `"${endpoint.name}" has no linked parameter "${key}"`);
  return parameter;
}
