import type { Json } from "../../../shared/json.ts";
import { isObject, type JsonObject, listOf, objectOf } from "./json-object.ts";

/** Where operations are: `prefixes` true when their paths have to carry what follows the host. */
export type Base = { baseUrl: string; origin: string | null; prefixed: boolean; notes: string[] };
export type ServerPlace = { origin: string; prefix: string };

/** The first server of a list whose calls could be made, and why others could not. */
export type FoundServer = { place: ServerPlace | null; problem: string | null };

export function firstServer(servers: Json | undefined, allowedHttpHosts: string[]): FoundServer {
  const problems: string[] = [];
  for (const server of listOf(servers)) {
    const text = filled(objectOf(server));
    if (!/^[a-z][a-z0-9+.-]*:/i.test(text)) problems.push(`the server "${text}" is relative: enter the base URL by hand`);
    else if (!URL.canParse(text)) problems.push(`the server "${text}" is no URL`);
    else {
      const url = new URL(text);
      const allowed = url.protocol === "http:" && allowedHttpHosts.includes(`${url.hostname}:${url.port || "80"}`);
      if (url.protocol === "https:" || allowed)
        return { place: { origin: url.origin, prefix: url.pathname.replace(/\/+$/, "") }, problem: null };
      problems.push(`the server "${text}" must use https: enter the base URL by hand`);
    }
  }
  return { place: null, problem: problems[0] ?? null };
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
      origin: null,
      prefixed: false,
      notes: [root.problem ?? "the file names no server: enter the base URL by hand"],
    };
  const prefixes = new Set(places.flatMap((place) => (place?.origin === first.origin ? [place.prefix] : [])));
  const prefixed = prefixes.size > 1;
  const [only = first.prefix] = prefixes;
  return { baseUrl: first.origin + (prefixed ? "" : only), origin: first.origin, prefixed, notes: [] };
}

/** Variables take their defaults. */
function filled({ url, variables }: JsonObject): string {
  const values = objectOf(variables);
  return String(url ?? "").replace(/\{([^{}]+)\}/g, (whole, name: string) => {
    const variable = values[name];
    return isObject(variable) && typeof variable.default === "string" ? variable.default : whole;
  });
}
