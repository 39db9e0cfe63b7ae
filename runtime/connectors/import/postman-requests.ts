import type { Json } from "../../../shared/json.ts";
import type { Written, WrittenCall } from "./draft-endpoint.ts";
import { isObject, type JsonObject, listOf, objectOf, textOf } from "./json-object.ts";

/** One request of a collection. `url`: as it is written, without its query. */
export type PostmanRequest = {
  call: Omit<WrittenCall, "path">;
  url: string;
  tags: string[];
  auth: Json | undefined;
  notes: string[];
};

const deepest = 30;
const most = 5_000;

/** All requests of a collection, folder by folder; null when they are too many or too deep. */
export function listRequests(collection: JsonObject): PostmanRequest[] | null {
  const found: PostmanRequest[] = [];
  const walk = (items: Json | undefined, folders: string[], inherited: Json | undefined): boolean => {
    if (folders.length > deepest) return false;
    for (const value of listOf(items)) {
      const item = objectOf(value);
      const auth = item.auth ?? inherited;
      if (Array.isArray(item.item)) {
        if (!walk(item.item, [...folders, textOf(item.name, 60) ?? "Folder"], auth)) return false;
      } else if (item.request !== undefined) found.push(requestOf(item, folders, auth));
      if (found.length > most) return false;
    }
    return true;
  };
  return walk(collection.item, [], collection.auth) ? found : null;
}

function requestOf(item: JsonObject, folders: string[], inherited: Json | undefined): PostmanRequest {
  const request = isObject(item.request) ? item.request : { url: item.request ?? "", method: "GET" };
  const notes: string[] = [];
  const method = (textOf(request.method, 20) ?? "GET").toUpperCase();
  const raw = rawUrl(request.url);
  const url = raw.replace(/[?#].*$/, "");
  const { query, variable } = objectOf(request.url);
  const declared = Array.isArray(query) ? writtenList(query) : queryOf(raw);
  return {
    url,
    tags: folders.length > 0 ? [folders.join(" / ").slice(0, 100)] : [],
    auth: request.auth ?? inherited,
    notes,
    call: {
      method,
      name: textOf(item.name, 120) ?? `${method} ${url}`.slice(0, 120),
      description: textOf(objectOf(request.description).content ?? request.description, 2_000),
      query: declared,
      headers: writtenList(request.header),
      body: bodyOf(objectOf(request.body), notes),
      pathValues: writtenList(variable).map((one) => ({ ...one, name: one.name.replace(/\W+/g, "_") })),
    },
  };
}

/** From its text, or from its parts where there is none. */
function rawUrl(url: Json | undefined): string {
  if (typeof url === "string") return url.trim();
  const { raw, protocol, host, path, port } = objectOf(url);
  if (typeof raw === "string" && raw !== "") return raw.trim();
  const joined = (value: Json | undefined, by: string) =>
    Array.isArray(value) ? value.map((part) => textOf(objectOf(part).value ?? part) ?? "").join(by) : (textOf(value) ?? "");
  const name = joined(host, ".");
  const scheme = typeof protocol === "string" && !name.startsWith("{{") ? `${protocol}://` : "";
  return `${scheme}${name}${typeof port === "string" && port !== "" ? `:${port}` : ""}/${joined(path, "/")}`;
}

function queryOf(raw: string): Written[] {
  const text = /\?([^#]*)/.exec(raw)?.[1] ?? "";
  return text
    .split("&")
    .filter((pair) => pair !== "")
    .map((pair) => {
      const [name = "", ...value] = pair.split("=");
      return { name, value: value.join("=") };
    });
}

function writtenList(list: Json | undefined): Written[] {
  return listOf(list).flatMap((given): Written[] => {
    const { key, value, description, disabled, type } = objectOf(given);
    const name = textOf(key, 200);
    if (name === undefined) return [];
    return [
      {
        name,
        value: typeof value === "string" ? value : "",
        description: textOf(objectOf(description).content ?? description, 2_000),
        ...(type === "file" && { file: true }),
        ...(disabled === true && { off: true }),
      },
    ];
  });
}

function bodyOf(body: JsonObject, notes: string[]): WrittenCall["body"] {
  switch (body.mode) {
    case "raw": {
      const text = typeof body.raw === "string" ? body.raw : "";
      if (text.trim() === "") return null;
      const language = textOf(objectOf(objectOf(body.options).raw).language) ?? "";
      const value = parsed(text);
      if (value !== undefined && language !== "xml" && language !== "html") return { as: "json", value };
      if (language === "json") notes.push("its body is JSON with variables that could not be read: it is sent as a text");
      return { as: "raw", text, type: mediaOf[language] ?? "text/plain" };
    }
    case "urlencoded":
      return { as: "form", fields: writtenList(body.urlencoded) };
    case "formdata":
      return { as: "multipart", fields: writtenList(body.formdata) };
    case "graphql": {
      notes.push("its body is GraphQL: the query and its variables are fields of a JSON body");
      const { query, variables } = objectOf(body.graphql);
      const given = typeof variables === "string" ? parsed(variables) : variables;
      return { as: "json", value: { query: textOf(query, 10_000) ?? "", variables: isObject(given) ? given : {} } };
    }
    case "file":
      notes.push("its body is a file: it is sent as a text");
      return { as: "raw", text: "", type: "application/octet-stream" };
    default:
      return null;
  }
}

const mediaOf: Record<string, string> = {
  json: "application/json",
  xml: "application/xml",
  html: "text/html",
  javascript: "application/javascript",
};

/** Variables stand in JSON as texts, or bare where a number is meant. */
function parsed(text: string): Json | undefined {
  for (const attempt of [text, text.replace(/(?<=[:[,]\s*)\{\{[^{}]*\}\}(?=\s*[,}\]])/g, "null")]) {
    try {
      return JSON.parse(attempt) as Json;
    } catch {
      // The next way of reading it.
    }
  }
  return undefined;
}
