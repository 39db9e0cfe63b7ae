import { linkProblem } from "../../../shared/connector/check-links.ts";
import type { Endpoint } from "../../../shared/connector/endpoint.ts";
import type { Parameter } from "../../../shared/connector/parameter.ts";
import { DynamicLink, type LinkArgument } from "../../../shared/connector/parameter-link.ts";
import type { Json } from "../../../shared/json.ts";
import type { Linked } from "./import-operation.ts";
import { isObject, type JsonObject, objectOf, textOf } from "./json-object.ts";
import type { LinkWords } from "./make-parameter.ts";

/** Gives parameters the lists that the file links them to; a link that cannot work is left out, and the operation's line says why. */
export function importLinks(operations: Linked[]): Endpoint[] {
  const byId = new Map(
    operations.flatMap((one) => (one.operationId === undefined ? [] : [[one.operationId, one.endpoint] as const])),
  );
  const endpoints = new Map(operations.map(({ endpoint }) => [endpoint.key, endpoint]));
  for (const { endpoint, links, line } of operations) {
    for (const link of links) {
      const current = endpoints.get(endpoint.key) ?? endpoint;
      // An export of ours has said it already, and more of it.
      if (current.parameters.some(({ key, link: known }) => key === link.key && known)) continue;
      const made = linkOf(current, link, byId);
      if (typeof made === "string") {
        line.notes.push(`the list of "${link.key.slice(0, 100)}" ${made}: left out`);
        continue;
      }
      const linked = withLink(current, link.key, made);
      const problem = linkProblem({
        endpoints: [...endpoints.values()].map((other) => (other.key === linked.key ? linked : other)),
      });
      if (problem?.endpoint === linked.key) line.notes.push(`${problem.message}: left out`);
      else endpoints.set(linked.key, linked);
    }
  }
  return operations.map(({ endpoint }) => endpoints.get(endpoint.key) ?? endpoint);
}

function withLink(endpoint: Endpoint, key: string, link: DynamicLink): Endpoint {
  return {
    ...endpoint,
    parameters: endpoint.parameters.map((parameter) => (parameter.key === key ? { ...parameter, link } : parameter)),
  };
}

/** Or why it cannot work. */
function linkOf(endpoint: Endpoint, { words, generation }: LinkWords, byId: Map<string, Endpoint>): DynamicLink | string {
  const id = textOf(words.operationId) ?? "";
  const source = byId.get(id);
  if (!source) return `comes from the operation "${id.slice(0, 100)}", which is not imported`;
  const names =
    generation === "list"
      ? { items: words.itemsPath, value: words.itemValuePath, label: words.itemTitlePath }
      : { items: words["value-collection"], value: words["value-path"], label: words["value-title"] };
  const args: Record<string, LinkArgument> = {};
  for (const [name, given] of Object.entries(objectOf(words.parameters))) {
    const target = namedParameter(source, name);
    if (!target) return `gives "${source.name}" a parameter "${name.slice(0, 100)}", which it has not`;
    const argument = argumentOf(endpoint, given);
    if (typeof argument === "string") return argument;
    args[target.key] = argument;
  }
  const label = answerPath(names.label);
  const parsed = DynamicLink.safeParse({
    kind: "dynamic",
    endpoint: source.key,
    items: answerPath(names.items),
    value: answerPath(names.value),
    ...(label !== "" && label !== answerPath(names.value) && { label }),
    args,
    // There a person may always type a value instead.
    allowCustom: true,
  });
  return parsed.success ? parsed.data : "is out of limits";
}

/** Either generation: `{parameter: name}`, `{parameterReference: place/name}`, `{value}`, or the value itself. */
function argumentOf(endpoint: Endpoint, given: Json): LinkArgument | string {
  const { parameter, parameterReference, value } = isObject(given) ? given : ({} as JsonObject);
  const named = textOf(parameterReference) ?? textOf(parameter);
  if (named === undefined) return { value: isObject(given) && value !== undefined ? value : given };
  const from = namedParameter(endpoint, named);
  return from ? { from: from.key } : `depends on "${named.slice(0, 100)}", which is none of its parameters`;
}

/** `name`, or `place/name` where a name is in several places. */
function namedParameter({ parameters }: Endpoint, written: string): Parameter | undefined {
  const called = (name: string, place?: string) =>
    parameters.find((one) => (one.wireName ?? one.key) === name && (place === undefined || one.in === place));
  const [, place, name] = /^(body|query|path|header|cookie)\/(.+)$/.exec(written) ?? [];
  return called(written) ?? (name === undefined ? undefined : called(name, place));
}

/** Theirs separates with slashes. */
function answerPath(path: Json | undefined): string {
  return typeof path === "string" ? path.replace(/^\/+/, "").replaceAll("/", ".").slice(0, 300) : "";
}
