import type { Endpoint } from "./endpoint.ts";
import type { Parameter } from "./parameter.ts";
import type { DynamicLink, LinkArgument } from "./parameter-link.ts";
import { pathParameters } from "./path-template.ts";
import { type ListEndpoint, listEndpoints, shapeOf } from "./suggest-links-lists.ts";
import { nameOf, singular, wordsOf } from "./suggest-links-words.ts";

/** A link that a parameter may want: what it is called and where it is say so. `name`: that of the linked endpoint. */
export type LinkSuggestion = { parameter: string; name: string; link: DynamicLink };

/**
 * Links for the parameters of an endpoint that have none, by names and schemas alone: `project_id` wants the list that `/projects`
 * gives, and `/projects/{id}` the one that it stands behind. Where two lists fit as well, there is no suggestion.
 */
export function suggestLinks(endpoints: readonly Endpoint[], endpoint: Endpoint): LinkSuggestion[] {
  const lists = listEndpoints(endpoints).filter((list) => list.endpoint.key !== endpoint.key);
  return endpoint.parameters.flatMap((parameter) => {
    if (!isOpen(parameter)) return [];
    const found = parameter.in === "path" ? inPath(endpoint, parameter, lists) : byNoun(endpoint, parameter, lists);
    return found ? [{ parameter: parameter.key, name: found.list.endpoint.name, link: linkOf(found) }] : [];
  });
}

type Found = { list: ListEndpoint; value: string; args: Record<string, LinkArgument> };

/** One value, of which nothing is known that is better than a list. */
function isOpen({ type, link, hidden, schema }: Parameter): boolean {
  const listed = typeof schema === "object" && schema !== null && !Array.isArray(schema) && schema.enum !== undefined;
  return (type === "string" || type === "integer" || type === "number") && !link && !hidden && !listed;
}

/** The list that the path goes through just before the parameter, unless the parameter is called something else. */
function inPath(endpoint: Endpoint, parameter: Parameter, lists: readonly ListEndpoint[]): Found | null {
  const before = pathBefore(endpoint, parameter);
  // `POST /contacts/{contact_id}/segments/{segment_id}` adds one that is not in the list there yet.
  const adds = (endpoint.method === "POST" || endpoint.method === "PUT") && endpoint.path.endsWith("}") && before?.includes("{");
  const whole = adds && nameOf(wireName(parameter)).by !== null ? byNoun(endpoint, parameter, lists) : null;
  if (whole && endpoint.path.endsWith(`{${wireName(parameter)}}`)) return whole;
  const list = before === null ? undefined : lists.find(({ path }) => path === shapeOf(before));
  const { noun, by } = nameOf(wireName(parameter));
  const names = (before ?? "")
    .split("/")
    .filter((segment) => !/[{:]/.test(segment))
    .map((segment) => singular(wordsOf(segment)).at(-1));
  if (list && before !== null && (noun.length === 0 || names.includes(noun.at(-1)))) {
    const value = valueIn(list, parameter);
    const args = argumentsOf(list, endpoint, { parameter, byPlace: pathParameters(before) });
    if (value !== null && args) return { list, value, args };
  }
  // A bare word in a path is named after what stands before it, so without that it says nothing.
  return by === null ? null : byNoun(endpoint, parameter, lists);
}

/** What stands before a parameter that has a part of the path to itself. */
function pathBefore({ path }: Endpoint, { key, wireName: wire = key }: Parameter): string | null {
  for (const written of [`/{${wire}}`, `/:${wire}`]) {
    const at = path.indexOf(written);
    if (at > 0 && /^(\/|\.json$|$|\?)/.test(path.slice(at + written.length))) return path.slice(0, at);
  }
  return null;
}

/** The one list of what the parameter names: in the same part of the API before others, and one that needs nothing before others. */
function byNoun(endpoint: Endpoint, parameter: Parameter, lists: readonly ListEndpoint[]): Found | null {
  const { noun, by } = nameOf(wireName(parameter));
  if (noun.length === 0 || (by === null && !isBareNoun(parameter))) return null;
  const found = lists.flatMap((list) => {
    // What is sent to the list's own path is the name of a new thing, or asks about things that are there.
    if (list.path === shapeOf(endpoint.path)) return [];
    const near = commonParts(list.path, shapeOf(endpoint.path));
    const isNear = near >= list.path.split("/").length - 2;
    const isNamed = list.noun.join() === noun.join() && (by !== null || isNear);
    // `source_id` may be one of the "content import sources" beside it, but not one of another part of the API.
    const isBeside = by !== null && list.noun.slice(-noun.length).join() === noun.join() && isNear && near > 0;
    if (!isNamed && !isBeside) return [];
    const value = valueIn(list, parameter);
    const args = argumentsOf(list, endpoint, { parameter, byPlace: [] });
    return value === null || !args ? [] : [{ list, value, args, rank: [isNamed ? 0 : 1, Object.keys(args).length, -near] }];
  });
  const [best, second] = found.toSorted((a, b) => compare(a.rank, b.rank));
  return best && (!second || compare(best.rank, second.rank) !== 0) ? best : null;
}

/** `customer` is one of the customers; `customers` would be several, and `email` is no reference. */
function isBareNoun(parameter: Parameter): boolean {
  const words = wordsOf(wireName(parameter));
  return singular(words).join() === words.join() && !plainValues.has(words.at(-1) ?? "");
}

/** What is a value itself, although an API may have a list of things that are called so. */
const plainValues = new Set([
  "email",
  "phone",
  "address",
  "url",
  "name",
  "code",
  "country",
  "currency",
  "date",
  "language",
  "event",
]);

function compare(a: number[], b: number[]): number {
  return a.map((each, index) => each - (b[index] ?? 0)).find((difference) => difference !== 0) ?? 0;
}

/** How many parts two paths have in common from their beginning; parameters and versions say nothing. */
function commonParts(a: string, b: string): number {
  const [left, right] = [a.split("/").slice(1), b.split("/").slice(1)];
  const different = left.findIndex((part, index) => part !== right[index]);
  return different === -1 ? left.length : different;
}

/** The field of an item that the parameter takes: the item's own id before one that holds another system's, as `company_id` of a company does. */
function valueIn({ fields, noun: listed }: ListEndpoint, parameter: Parameter): string | null {
  const { noun, by } = nameOf(wireName(parameter));
  const key = by ?? "id";
  const wanted = [[key], [...noun, key], wordsOf(wireName(parameter)), [...listed, key], ["id"], ["sid"], ["uid"]].map((words) =>
    words.join("_"),
  );
  const named = new Map([...fields.keys()].map((field) => [wordsOf(field).join("_"), field]));
  const field = wanted.map((words) => named.get(words)).find((each) => each !== undefined);
  return field !== undefined && fits(fields.get(field), parameter) ? field : null;
}

/** Outside a body everything is sent as text. */
function fits(type: string | undefined, parameter: Parameter): boolean {
  if (parameter.in !== "body") return true;
  return (type === "string") === (parameter.type === "string");
}

/** What the list is asked with: what it needs is among the endpoint's own parameters, or there is no link. */
function argumentsOf(
  { endpoint: linked }: ListEndpoint,
  { parameters }: Endpoint,
  { parameter, byPlace }: { parameter: Parameter; byPlace: readonly string[] },
): Record<string, LinkArgument> | null {
  const args: Record<string, LinkArgument> = {};
  const inOrder = pathParameters(linked.path);
  for (const needed of linked.parameters) {
    if (!needed.required || needed.default !== undefined) continue;
    const name = wireName(needed);
    const at = needed.in === "path" ? inOrder.indexOf(name) : -1;
    const wanted = (at >= 0 ? byPlace[at] : undefined) ?? name;
    const from = parameters.find((each) => each.key !== parameter.key && wireName(each) === wanted);
    if (!from) return null;
    args[needed.key] = { from: from.key };
  }
  return args;
}

function wireName({ key, wireName: wire = key }: Parameter): string {
  return wire;
}

const labels = ["name", "display_name", "friendly_name", "full_name", "title", "label", "subject", "email", "description", "key"];

function linkOf({ list: { endpoint, items, fields }, value, args }: Found): DynamicLink {
  const named = new Map([...fields].flatMap(([field, type]) => (type === "string" ? [[wordsOf(field).join("_"), field]] : [])));
  const label = labels.map((words) => named.get(words)).find((field) => field !== undefined && field !== value);
  return {
    kind: "dynamic",
    endpoint: endpoint.key,
    items,
    value,
    ...(label !== undefined && { label }),
    args,
    allowCustom: false,
  };
}
