import type { AuthScheme } from "../../../shared/connector/auth-scheme.ts";
import { baseTemplateProblem } from "../../../shared/connector/base-url.ts";
import type { Json } from "../../../shared/json.ts";
import { draftEndpoint, splitUrl, type Written, type WrittenCall } from "./draft-endpoint.ts";
import type { ImportOptions, ImportOutcome } from "./imported-connector.ts";
import { createKeys } from "./names.ts";
import { refused } from "./parse-document.ts";
import { splitWords } from "./shell-words.ts";

export function isCurl(text: string): boolean {
  return /^\s*(\$\s+)?curl(\.exe)?\s/.test(text.slice(0, 2_000));
}

/** Reads a cURL command as one endpoint. Secrets that it holds are looked at and left where they are. */
export function importCurl(text: string, { allowedHttpHosts, readAt = 0 }: ImportOptions): ImportOutcome {
  const words = splitWords(text.trim().replace(/^\$\s+/, ""));
  if (words === null) return refused("The cURL command has a quote that is not closed");
  const command = readArguments(words.slice(1));
  if (typeof command === "string") return refused(`The cURL command ${command}`);
  const url = splitUrl(command.url);
  if (!url) return refused(`The cURL command has no URL that can be called: "${command.url.slice(0, 200)}"`);
  const problem = baseTemplateProblem(url.origin, [], allowedHttpHosts);
  const found = authOf(command);
  const path = url.path === "" ? "/" : url.path;
  const body = bodyOf(command);
  const inQuery = command.get ? [...url.query, ...command.data.flatMap(pairsOf)] : url.query;
  const method = command.method ?? (command.head ? "HEAD" : body === null || command.get ? "GET" : "POST");
  const call: WrittenCall = {
    method,
    path,
    name: `${method} ${path}`.slice(0, 120),
    query: inQuery.map(([name, value]) => ({ name, value })),
    headers: command.headers.map(([name, value]) => ({ name, value })),
    body: command.get ? null : body,
  };
  const { line, endpoint } = draftEndpoint(call, found.auth, createKeys());
  const host = url.origin.replace(/^https?:\/\//, "");
  return {
    outcome: "imported",
    report: {
      openapi: "cURL command",
      title: host,
      description: "",
      baseUrl: problem === null ? url.origin : "",
      auth: found.words,
      notes: [...found.notes, ...command.notes, ...(problem === null ? [] : [`the URL ${problem}: enter the base URL by hand`])],
      operations: [line],
    },
    connector: {
      baseUrl: problem === null ? url.origin : "",
      auth: found.auth,
      endpoints: endpoint ? [endpoint] : [],
      source: { format: "cURL command", title: host, readAt },
    },
  };
}

type Command = {
  url: string;
  method: string | null;
  head: boolean;
  get: boolean;
  headers: [string, string][];
  data: string[];
  encoded: string[];
  json: boolean;
  parts: string[];
  user: string | null;
  bearer: boolean;
  notes: string[];
};

/** Options that take a value and say nothing of the call itself. */
const passedOver = new Set(
  "-o --output -m --max-time --connect-timeout --retry --retry-delay -x --proxy --cacert --cert -E --key -A --user-agent -e --referer -c --cookie-jar -w --write-out --resolve --ciphers --limit-rate -T --upload-file -K --config".split(
    " ",
  ),
);

/** Or why it cannot be read, in words. */
function readArguments(words: string[]): Command | string {
  const command: Command = {
    url: "",
    method: null,
    head: false,
    get: false,
    headers: [],
    data: [],
    encoded: [],
    json: false,
    parts: [],
    user: null,
    bearer: false,
    notes: [],
  };
  const queue = words.flatMap(unbundle);
  for (let word = queue.shift(); word !== undefined; word = queue.shift()) {
    if (!word.startsWith("-") || word === "-") {
      if (command.url === "") command.url = word;
      else command.notes.push(`only the first URL is taken, not ${word.slice(0, 100)}`);
      continue;
    }
    const take = () => queue.shift() ?? "";
    switch (word) {
      case "-X":
      case "--request":
        command.method = take().toUpperCase();
        break;
      case "-H":
      case "--header":
        addHeader(command, take());
        break;
      case "--url":
        command.url = take();
        break;
      case "-d":
      case "--data":
      case "--data-raw":
      case "--data-ascii":
      case "--data-binary":
        command.data.push(take());
        break;
      case "--json":
        command.json = true;
        command.data.push(take());
        break;
      case "--data-urlencode":
        command.encoded.push(take());
        break;
      case "-F":
      case "--form":
      case "--form-string":
        command.parts.push(take());
        break;
      case "-u":
      case "--user":
        command.user = take();
        break;
      case "--oauth2-bearer":
        take();
        command.bearer = true;
        break;
      case "-b":
      case "--cookie":
        take();
        command.notes.push("its cookies are not kept");
        break;
      case "-G":
      case "--get":
        command.get = true;
        break;
      case "-I":
      case "--head":
        command.head = true;
        break;
      default:
        if (passedOver.has(word)) take();
    }
  }
  return command.url === "" ? "has no URL" : command;
}

/** `-XPOST` and `--request=POST` as two words. */
function unbundle(word: string): string[] {
  const long = /^(--[a-z][a-z0-9-]*)=([\s\S]*)$/.exec(word);
  if (long?.[1] !== undefined) return [long[1], long[2] ?? ""];
  const short = /^(-[XHdFubomxAeE])([\s\S]+)$/.exec(word);
  return short?.[1] !== undefined && !word.startsWith("--") ? [short[1], short[2] ?? ""] : [word];
}

function addHeader(command: Command, written: string): void {
  const at = written.indexOf(":");
  if (at > 0) command.headers.push([written.slice(0, at).trim(), written.slice(at + 1).trim()]);
}

function authOf({ user, headers, bearer }: Command): { auth: AuthScheme; words: string; notes: string[] } {
  const notes = ["what it proves itself with is not kept: enter it with a connection"];
  const header = headers.find(([name]) => /^authorization$/i.test(name))?.[1] ?? "";
  if (user !== null || /^basic\s/i.test(header)) return { auth: { kind: "basic" }, words: "Basic Auth", notes };
  if (bearer || /^bearer\s/i.test(header)) return { auth: { kind: "bearer" }, words: "Bearer token", notes };
  const key = headers.find(([name]) => /(^|-)(api-?key|token|auth)(-|$)/i.test(name))?.[0];
  if (key !== undefined && /^[\w.-]{1,128}$/.test(key))
    return {
      auth: { kind: "api-key", displayName: "API key", key, addTo: "header" },
      words: `API key in the header ${key}`,
      notes,
    };
  if (header === "") return { auth: { kind: "none" }, words: "None", notes: [] };
  const scheme = header.split(/\s+/).length > 1 ? (header.split(/\s+/)[0] ?? "") : "";
  const prefix = scheme === "" ? {} : { prefix: `${scheme.slice(0, 38)} ` };
  return {
    auth: { kind: "api-key", displayName: "API key", key: "Authorization", addTo: "header", ...prefix },
    words: "API key in the header Authorization",
    notes,
  };
}

function bodyOf({ data, encoded, parts, headers, json }: Command): WrittenCall["body"] {
  if (parts.length > 0) return { as: "multipart", fields: parts.map(partOf) };
  if (data.length + encoded.length === 0) return null;
  const type = (headers.find(([name]) => /^content-type$/i.test(name))?.[1] ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
  const text = data.join(json ? "" : "&");
  const value = encoded.length === 0 && (json || type === "" || /[/+]json$/.test(type)) ? parsed(text) : undefined;
  if (value !== undefined && (json || type !== "" || (typeof value === "object" && value !== null))) return { as: "json", value };
  if (type === "" || type === "application/x-www-form-urlencoded")
    return {
      as: "form",
      fields: [...data.flatMap(pairsOf), ...encoded.map(encodedPair)].map(([name, one]) => ({ name, value: one })),
    };
  return { as: "raw", text, type };
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function pairsOf(data: string): [string, string][] {
  return splitUrl(`https://a.example/?${data}`)?.query ?? [];
}

function encodedPair(written: string): [string, string] {
  const at = written.indexOf("=");
  return at < 0 ? ["", written] : [written.slice(0, at), written.slice(at + 1)];
}

/** `name=value`, `name=@path` or `name=<path`, with `;type=…` behind it. */
function partOf(written: string): Written {
  const at = written.indexOf("=");
  const value = written.slice(at + 1);
  return /^[@<]/.test(value)
    ? { name: written.slice(0, at), value: "", file: value.startsWith("@") }
    : { name: written.slice(0, at), value: value.replace(/;type=[^;]*$/, "") };
}
