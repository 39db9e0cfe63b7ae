import { unreachable } from "../app-error.ts";
import { baseTemplateProblem } from "./base-url.ts";
import { actionProblem } from "./check-action.ts";
import { authProblem } from "./check-auth.ts";
import { limitGroupProblem, limitsProblem } from "./check-limits.ts";
import { linkProblem } from "./check-links.ts";
import { type ConnectorDraft, type ConnectorEdit, maxEndpoints, type Verification } from "./connector.ts";
import {
  endpointDependent,
  endpointUser,
  putTrigger,
  putWebhook,
  removeTrigger,
  removeWebhook,
  withRenamedEndpoint,
} from "./edit-webhooks.ts";
import { type Endpoint, effectOf } from "./endpoint.ts";
import { headerNameProblem } from "./header-name.ts";
import type { Parameter } from "./parameter.ts";
import { pathParameters } from "./path-template.ts";

/** `field`: a path within the edit, e.g. `endpoint.parameters.0.key`. */
export type ConnectorEditOutcome =
  | { outcome: "applied"; draft: ConnectorDraft }
  | { outcome: "refused"; field: string; message: string };

/**
 * Applies an edit to a draft, or says which field keeps it from being applied; the draft given stays as it is. `vouchedFor`: an
 * administrator lets the connector have global webhook URLs.
 */
export function applyConnectorEdit(
  draft: ConnectorDraft,
  edit: ConnectorEdit,
  { allowedHttpHosts, vouchedFor = false }: { allowedHttpHosts: string[]; vouchedFor?: boolean },
): ConnectorEditOutcome {
  switch (edit.edit) {
    case "basics": {
      const { name, description, category, logo } = edit;
      return applied({ ...draft, name, description, category, logo });
    }
    case "base": {
      const { baseUrl, variables, auth, verification } = edit;
      const problem = baseUrl === "" ? null : baseTemplateProblem(baseUrl, variables ?? [], allowedHttpHosts);
      if (problem !== null) return refused("baseUrl", problem);
      const next = { ...draft, baseUrl, variables, auth, verification };
      const signingIn = authProblem(next, auth, allowedHttpHosts);
      if (signingIn) return refused(`auth.${signingIn.field}`, signingIn.message);
      return verificationProblem(draft, verification) ?? applied(next);
    }
    case "limits": {
      const problem = limitsProblem(draft, edit.limits);
      return problem ? refused(problem.field, problem.message) : applied({ ...draft, limits: edit.limits });
    }
    case "endpoint":
      return putEndpoint(draft, edit);
    case "remove-endpoint":
      return removeEndpoint(draft, edit.endpoint);
    case "action":
      return putAction(draft, edit);
    case "remove-action":
      return removeAction(draft, edit.action);
    case "webhook":
      return putWebhook(draft, edit, vouchedFor);
    case "remove-webhook":
      return removeWebhook(draft, edit.webhook);
    case "trigger":
      return putTrigger(draft, edit);
    case "remove-trigger":
      return removeTrigger(draft, edit.trigger);
    default:
      return unreachable(edit);
  }
}

/** The endpoint with exactly the path parameters that its path names, all required; new ones are text. */
export function withPathParameters(endpoint: Endpoint): Endpoint {
  const names = pathParameters(endpoint.path);
  const kept = endpoint.parameters.filter((parameter) => parameter.in !== "path" || names.includes(parameter.key));
  const missing = names.filter((name) => !kept.some((parameter) => parameter.in === "path" && parameter.key === name));
  const added = missing.map((key): Parameter => ({ key, name: key, in: "path", type: "string", required: true }));
  const parameters = [
    ...kept.map((parameter) => (parameter.in === "path" ? { ...parameter, required: true } : parameter)),
    ...added,
  ];
  return { ...endpoint, parameters };
}

function applied(draft: ConnectorDraft): ConnectorEditOutcome {
  return { outcome: "applied", draft };
}

function refused(field: string, message: string): ConnectorEditOutcome {
  return { outcome: "refused", field, message };
}

function headerProblem(field: string, name: string): ConnectorEditOutcome | null {
  const problem = headerNameProblem(name);
  return problem === null ? null : refused(field, problem);
}

function verificationProblem({ endpoints }: ConnectorDraft, verification: Verification | undefined): ConnectorEditOutcome | null {
  if (!verification) return null;
  const endpoint = endpoints.find(({ key }) => key === verification.endpoint);
  if (!endpoint) return refused("verification.endpoint", `there is no endpoint "${verification.endpoint}"`);
  if (effectOf(endpoint) === "read") return null;
  return refused("verification.endpoint", `"${endpoint.name}" may change something: choose one that only reads`);
}

function putEndpoint(
  draft: ConnectorDraft,
  { replaces, endpoint: given }: Extract<ConnectorEdit, { edit: "endpoint" }>,
): ConnectorEditOutcome {
  const { endpoints } = draft;
  if (replaces !== null && !endpoints.some(({ key }) => key === replaces))
    return refused("replaces", `there is no endpoint "${replaces}"`);
  if (replaces === null && endpoints.length >= maxEndpoints)
    return refused("endpoint", `a connector has at most ${maxEndpoints} endpoints`);
  if (given.key !== replaces && endpoints.some(({ key }) => key === given.key))
    return refused("endpoint.key", `another endpoint has the key "${given.key}"`);
  const { idempotencyHeader } = given;
  const ungrouped = limitGroupProblem(draft, given.limitGroup);
  if (ungrouped !== null) return refused("endpoint.limitGroup", ungrouped);
  const problem =
    parameterProblem(given.parameters) ??
    (idempotencyHeader === undefined ? null : headerProblem("endpoint.idempotencyHeader", idempotencyHeader));
  if (problem) return problem;
  const endpoint = withPathParameters(given);
  const next: ConnectorDraft = {
    ...draft,
    endpoints:
      replaces === null ? [...endpoints, endpoint] : endpoints.map((known) => (known.key === replaces ? endpoint : known)),
  };
  const named = replaces === null || replaces === endpoint.key ? next : renamed(next, replaces, endpoint.key);
  const broken = (named.actions ?? []).find((action) => action.endpoint === endpoint.key && actionProblem(named, action));
  if (broken) return refused("endpoint", `the action "${broken.name}" depends on it: ${actionProblem(named, broken)?.message}`);
  const link = linkProblem(named);
  if (link)
    return link.endpoint === endpoint.key
      ? refused(`endpoint.${link.field}`, link.message)
      : refused("endpoint", `the endpoint "${link.endpoint}" depends on it: ${link.message}`);
  if (named.verification?.endpoint === endpoint.key && effectOf(endpoint) !== "read")
    return refused("endpoint.effect", "connections are verified with it, so it must be a read");
  const dependent = endpointDependent(named, endpoint.key);
  return dependent === null ? applied(named) : refused("endpoint", dependent);
}

/** A name that is there twice in one place, or that no header may have. */
function parameterProblem(parameters: Parameter[]): ConnectorEditOutcome | null {
  const seen = new Set<string>();
  for (const [index, { key, in: place }] of parameters.entries()) {
    const header = place === "header" ? headerProblem(`endpoint.parameters.${index}.key`, key) : null;
    if (header) return header;
    // RFC 9110, 5.1: names of headers are the same in either case.
    const name = `${place} ${place === "header" ? key.toLowerCase() : key}`;
    if (seen.has(name)) return refused(`endpoint.parameters.${index}.key`, `the ${place} has two parameters "${key}"`);
    seen.add(name);
  }
  return null;
}

/** Whatever names the endpoint by its old key names it by the new one. */
function renamed(draft: ConnectorDraft, from: string, to: string): ConnectorDraft {
  const { verification } = draft;
  return {
    ...draft,
    ...withRenamedEndpoint(draft, from, to),
    ...(verification?.endpoint === from && { verification: { ...verification, endpoint: to } }),
    ...(draft.actions && {
      actions: draft.actions.map((action) => (action.endpoint === from ? { ...action, endpoint: to } : action)),
    }),
    endpoints: draft.endpoints.map((endpoint) => ({
      ...endpoint,
      parameters: endpoint.parameters.map((parameter) =>
        parameter.link?.kind === "dynamic" && parameter.link.endpoint === from
          ? { ...parameter, link: { ...parameter.link, endpoint: to } }
          : parameter,
      ),
    })),
  };
}

function removeEndpoint(draft: ConnectorDraft, key: string): ConnectorEditOutcome {
  const endpoint = draft.endpoints.find((candidate) => candidate.key === key);
  if (!endpoint) return refused("endpoint", `there is no endpoint "${key}"`);
  if (draft.verification?.endpoint === key)
    return refused("endpoint", `"${endpoint.name}" verifies connections: choose another endpoint for that first`);
  const calling = draft.actions?.find((action) => action.endpoint === key);
  if (calling)
    return refused("endpoint", `the action "${calling.name}" calls "${endpoint.name}": change or delete the action first`);
  const user = endpointUser(draft, key);
  if (user !== null) return refused("endpoint", `${user} calls "${endpoint.name}": change or delete it first`);
  for (const other of draft.endpoints) {
    const linking = other.parameters.find(({ link }) => link?.kind === "dynamic" && link.endpoint === key);
    if (linking && other.key !== key)
      return refused(
        "endpoint",
        `the parameter "${linking.name}" of "${other.name}" is linked to "${endpoint.name}": remove the link first`,
      );
  }
  return applied({ ...draft, endpoints: draft.endpoints.filter((candidate) => candidate.key !== key) });
}

function putAction(
  draft: ConnectorDraft,
  { replaces, action }: Extract<ConnectorEdit, { edit: "action" }>,
): ConnectorEditOutcome {
  const { actions = [] } = draft;
  if (replaces !== null && !actions.some(({ key }) => key === replaces))
    return refused("replaces", `there is no action "${replaces}"`);
  if (replaces !== action.key && actions.some(({ key }) => key === action.key))
    return refused("action.key", `there is an action "${action.key}" already`);
  const problem = actionProblem(draft, action);
  if (problem) return refused(`action.${problem.field}`, problem.message);
  const next = replaces === null ? [...actions, action] : actions.map((known) => (known.key === replaces ? action : known));
  return applied({ ...draft, actions: next });
}

function removeAction(draft: ConnectorDraft, key: string): ConnectorEditOutcome {
  const { actions = [] } = draft;
  if (!actions.some((action) => action.key === key)) return refused("action", `there is no action "${key}"`);
  return applied({ ...draft, actions: actions.filter((action) => action.key !== key) });
}
