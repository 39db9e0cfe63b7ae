import { baseTemplateProblem, fillUrl } from "../../../shared/connector/base-url.ts";
import { BaseVariable } from "../../../shared/connector/base-variable.ts";
import type { Json } from "../../../shared/json.ts";
import { type JsonObject, listOf, objectOf, textOf } from "./json-object.ts";
import { humanise } from "./names.ts";
import { OwnServerWords, ownWordsOf } from "./own-words.ts";

/** Where operations are: `prefixed` when their paths have to carry what follows the host. */
export type Base = { baseUrl: string; variables: BaseVariable[]; origin: string | null; prefixed: boolean; notes: string[] };
/** `origin` may hold `{variable}`s, as `prefix` may. */
export type ServerPlace = { origin: string; prefix: string; variables: BaseVariable[] };

/** The first server of a list whose calls could be made, and why others could not. */
export type FoundServer = { place: ServerPlace | null; problem: string | null; others: string[] };

/** `location`: where the file itself is, against which relative servers are read; null when nobody knows. */
export type ServerContext = { allowedHttpHosts: string[]; location: string | null };

export function firstServer(servers: Json | undefined, context: ServerContext): FoundServer {
  const problems: string[] = [];
  const found: (ServerPlace & { text: string })[] = [];
  for (const server of listOf(servers)) {
    const text = String(objectOf(server).url ?? "");
    const place = placeOf(objectOf(server), context);
    if (typeof place === "string") problems.push(place);
    else found.push({ ...place, text });
  }
  const [first, ...others] = found;
  const place = first ? { origin: first.origin, prefix: first.prefix, variables: first.variables } : null;
  return { place, problem: problems[0] ?? null, others: others.map(({ text }) => text) };
}

/**
 * The base URL that the operations share: the one host of the first of them, with as much of the path as all have in common.
 * `places`: the server of each operation, null where it has none that can be called.
 */
export function chooseBase(root: FoundServer, places: (ServerPlace | null)[]): Base {
  const first = root.place ?? places.find((place) => place !== null) ?? null;
  if (!first)
    return {
      baseUrl: "",
      variables: [],
      origin: null,
      prefixed: false,
      notes: [root.problem ?? "the file names no server: enter the base URL by hand"],
    };
  const same = places.filter((place) => place?.origin === first.origin);
  const prefixes = new Set(same.map((place) => place?.prefix ?? ""));
  const prefixed = prefixes.size > 1;
  const [only = first.prefix] = prefixes;
  const baseUrl = first.origin + (prefixed ? "" : only);
  const notes = first === root.place && root.others.length > 0 ? [otherServers(root.others)] : [];
  const known = [first, ...same].flatMap((place) => place?.variables ?? []);
  // What a path has to carry cannot be different for each connection.
  const variables = known.filter(
    ({ key }, index) => baseUrl.includes(`{${key}}`) && known.findIndex((other) => other.key === key) === index,
  );
  return { baseUrl, variables, origin: first.origin, prefixed, notes };
}

/** The path of a server with the defaults of its variables, for operations that carry it in their own. */
export function plainPrefix({ prefix, variables }: ServerPlace): string {
  return variables.reduce((text, { key, default: value = "" }) => text.replaceAll(`{${key}}`, value), prefix);
}

function otherServers(others: string[]): string {
  const named = others.slice(0, 3).map((text) => `"${text.slice(0, 200)}"`);
  const more = others.length > 3 ? ` and ${others.length - 3} more` : "";
  return `the file also names ${named.join(", ")}${more}: the first server was taken, and a connection may have a base URL of its own`;
}

/** Or why no call can be made to it. */
function placeOf(server: JsonObject, { allowedHttpHosts, location }: ServerContext): ServerPlace | string {
  const written = String(server.url ?? "");
  const own = ownWordsOf(OwnServerWords, server);
  const { url: given, variables } = own
    ? { url: written, variables: own.variables }
    : withVariables(written, objectOf(server.variables));
  const named = `the server "${written.slice(0, 200)}"`;
  const relative = !/^[a-z][a-z0-9+.-]*:/i.test(given);
  if (relative && (location === null || /[{}]/.test(given) || !URL.canParse(given, location)))
    return `${named} is relative: enter the base URL by hand`;
  const url = relative && location !== null ? new URL(given, location).href : given;
  const parts = /^(https?):\/\/([^/?#\s]+)([^?#\s]*)/i.exec(url);
  if (!parts) return /^https?:/i.test(url) ? `${named} is no URL` : `${named} must use https: enter the base URL by hand`;
  const [, scheme = "", host = "", path = ""] = parts;
  const origin = `${scheme.toLowerCase()}://${host.includes("{") ? host : host.toLowerCase().replace(/:443$/, "")}`;
  const prefix = path.replace(/\/+$/, "");
  const problem = baseTemplateProblem(origin + prefix, variables, allowedHttpHosts);
  if (problem !== null) return `${named} ${problem}: enter the base URL by hand`;
  return { origin, prefix, variables };
}

/**
 * Variables that a connection can fill in stay; those in a place where no value of a connection may stand (scheme, port, several
 * labels or segments) take their defaults.
 */
function withVariables(written: string, declared: JsonObject): { url: string; variables: BaseVariable[] } {
  const variables: BaseVariable[] = [];
  const url = written.replace(/\{([^{}]+)\}/g, (whole, name: string) => {
    const { default: preset, enum: values, description } = objectOf(declared[name]);
    const fallback = typeof preset === "string" ? preset : whole;
    const key = name.replace(/\W+/g, "_").slice(0, 63);
    const known = variables.some((variable) => variable.key === key);
    const choices = listOf(values).flatMap((value) => (typeof value === "string" ? [value] : []));
    const made = BaseVariable.safeParse({
      key,
      label: humanise(name),
      ...(textOf(description) !== undefined && { description: textOf(description, 500) }),
      ...(typeof preset === "string" && preset !== "" && { default: preset }),
      ...(choices.length > 0 && { values: choices }),
    });
    if (!made.success || !fits(written.replaceAll(whole, `{${key}}`), made.data, choices)) return fallback;
    if (!known) variables.push(made.data);
    return `{${key}}`;
  });
  return { url, variables };
}

/** Whether the variable can be filled in where it stands, with every value that it may have. */
function fits(url: string, variable: BaseVariable, choices: string[]): boolean {
  if (choices.length === 1 || !/^https?:\/\//i.test(url.replace(/^\{[^{}]*\}/, ""))) return false;
  if (new RegExp(`^https?://[^/]*:\\{${variable.key}\\}`, "i").test(url)) return false;
  const alone = url.replace(/\{([^{}]*)\}/g, (whole, key: string) => (key === variable.key ? whole : "x"));
  const values = choices.length > 0 ? choices : variable.default === undefined ? [] : [variable.default];
  return values.length > 0 && values.every((value) => "url" in fillUrl(alone, [variable], { [variable.key]: value }));
}
