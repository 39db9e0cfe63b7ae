import type { BaseVariable } from "./base-variable.ts";
import { baseUrlProblem } from "./check-base-url.ts";

/** Keys of the variables in a base URL (or another URL of the connector) written as `https://{subdomain}.example.com`, each once. */
export function variablesIn(url: string): string[] {
  return [...new Set([...url.matchAll(/\{([^{}]*)\}/g)].map((match) => match[1] ?? ""))];
}

export type FilledUrl = { url: string } | { variable: string; message: string };

const label = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i;
const host = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*(:\d{1,5})?$/i;
const segment = /^(?!\.{1,2}$)[\w.~-]{1,200}$/;

/**
 * Fills in the variables of a URL. Each value is held to its place, so that no value can name another host or path than the URL
 * shows: one label inside a host, a whole host where the variable is one, one segment in the path.
 */
export function fillUrl(url: string, variables: readonly BaseVariable[], values: Record<string, string>): FilledUrl {
  if (!url.includes("{")) return { url };
  const declared = new Map(variables.map((variable) => [variable.key, variable]));
  let filled = url;
  for (const key of variablesIn(url)) {
    const variable = declared.get(key);
    if (!variable) return { variable: key, message: `the URL names {${key}}, which the connector does not declare` };
    const given = (Object.hasOwn(values, key) ? values[key]?.trim() : undefined) || variable.default;
    if (!given) return { variable: key, message: `enter "${variable.label}"` };
    const place = placeOf(url, key);
    // A whole host is often pasted as the address of a page.
    const value = place === "host" ? given.replace(/^https:\/\//i, "").replace(/\/+$/, "") : given;
    const problem = valueProblem(variable, value, place);
    if (problem !== null) return { variable: key, message: `"${variable.label}" ${problem}` };
    filled = filled.replaceAll(`{${key}}`, value);
  }
  return { url: filled };
}

/** Where a variable stands. `host`: it is all of the host. */
function placeOf(url: string, key: string): "host" | "label" | "segment" {
  const authority = /^https?:\/\/([^/?#]*)/i.exec(url)?.[1] ?? "";
  if (authority === `{${key}}`) return "host";
  return authority.includes(`{${key}}`) ? "label" : "segment";
}

function valueProblem({ values, hostSuffixes }: BaseVariable, value: string, place: "host" | "label" | "segment"): string | null {
  if (values && !values.includes(value)) return `must be one of ${values.join(", ")}`;
  switch (place) {
    case "label":
      return label.test(value)
        ? null
        : "must be one part of a host name: letters, digits and hyphens, at most 63, no dots and slashes";
    case "segment":
      return segment.test(value) ? null : "must be one segment of a path: letters, digits and . _ ~ -, at most 200";
    case "host": {
      if (!host.test(value)) return "must be a host name, e.g. example.com";
      const name = value.toLowerCase().replace(/:\d+$/, "");
      const fits = !hostSuffixes?.length || hostSuffixes.some((suffix) => isBelow(name, suffix.toLowerCase()));
      return fits ? null : `must end with ${hostSuffixes?.join(" or ")}`;
    }
  }
}

function isBelow(name: string, suffix: string): boolean {
  return suffix.startsWith(".") ? name.endsWith(suffix) : name === suffix || name.endsWith(`.${suffix}`);
}

/**
 * Why a connection cannot use `given` as its base URL, or null: it must be https (or an allowed host) and lie within the host pattern
 * of the connector's base URL, where each `{variable}` stands for one label, or for the whole host.
 */
export function ownBaseUrlProblem(
  given: string,
  { baseUrl, variables = [] }: { baseUrl: string; variables?: BaseVariable[] | undefined },
  allowedHttpHosts: string[],
): string | null {
  const problem = baseUrlProblem(given, allowedHttpHosts);
  if (problem !== null) return problem;
  const pattern = /^https?:\/\/([^/?#]*)/i.exec(baseUrl)?.[1]?.toLowerCase() ?? "";
  const own = (/^https?:\/\/([^/?#]*)/i.exec(given)?.[1] ?? "").toLowerCase();
  const whole = /^\{([^{}]+)\}$/.exec(pattern)?.[1];
  if (whole !== undefined) {
    const variable = variables.find(({ key }) => key.toLowerCase() === whole);
    const filled = variable ? valueProblem(variable, own, "host") : null;
    return filled === null ? null : `its host ${filled}`;
  }
  // Every second part is the key of a variable.
  const parts = pattern.split(/\{([^{}]*)\}/).map((part, index) => {
    if (index % 2 === 0) return escaped(part);
    const { values } = variables.find(({ key }) => key.toLowerCase() === part) ?? {};
    return values ? `(${values.map((value) => escaped(value.toLowerCase())).join("|")})` : "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";
  });
  return new RegExp(`^${parts.join("")}$`).test(own)
    ? null
    : `must be on the host of the connector, ${pattern}: calls do not leave it`;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

/** Why a URL with variables cannot be a connector's base URL, or null: as `baseUrlProblem`, once they are filled in. */
export function baseTemplateProblem(url: string, variables: readonly BaseVariable[], allowedHttpHosts: string[]): string | null {
  if (/[{}]/.test(url.replace(/\{[^{}]*\}/g, ""))) return "has a brace that is not closed";
  const declared = new Set(variables.map(({ key }) => key));
  const unknown = variablesIn(url).find((key) => !declared.has(key));
  if (unknown !== undefined) return `names {${unknown}}: declare that variable`;
  // What stands in for a variable is as plain as any value of it may be.
  return baseUrlProblem(url.replace(/\{[^{}]*\}/g, "x"), allowedHttpHosts);
}
