import type { ImportReport } from "../../../shared/connector/import-report.ts";
import { findAuth } from "./auth.ts";
import { checkDocument } from "./check-document.ts";
import { commonest, extensionNotes } from "./extensions.ts";
import { importLinks } from "./import-links.ts";
import { importOperation, type Operation, type Result } from "./import-operation.ts";
import type { ImportedConnector, ImportOptions, ImportOutcome } from "./imported-connector.ts";
import { follow, isObject, type JsonObject, objectOf, textOf, wordsOf } from "./json-object.ts";
import { createKeys } from "./names.ts";
import { OwnConnectorWords, ownWordsOf } from "./own-words.ts";
import { parseDocument, refused } from "./parse-document.ts";
import { chooseBase, firstServer, type ServerContext } from "./servers.ts";

export type { ImportedConnector, ImportOutcome };

/** Schemas of one operation have at most 64 KB, less where there are many, so that a whole connector stays within a few MB. */
const operationBudget = 64 * 1024;
const connectorBudget = 4 * 1024 * 1024;
const usualEndpoints = 150;

/** Reads a document of OpenAPI 3.0 or 3.1 into a connector and a report that lists every operation of it. */
export async function importSpecification(
  value: Parameters<typeof parseDocument>[0],
  { allowedHttpHosts, location = null, readAt = 0, onProgress }: ImportOptions,
): Promise<ImportOutcome> {
  onProgress?.({ stage: "Checking references", progress: 20 });
  const parsed = parseDocument(value);
  if (parsed.outcome === "refused") return parsed;
  const { document } = parsed;
  onProgress?.({ stage: "Checking the document", progress: 30 });
  const fault = await checkDocument(document);
  if (fault !== null) return refused(fault);
  onProgress?.({ stage: "Reading operations", progress: 60 });
  const servers: ServerContext = { allowedHttpHosts, location };
  const rootServer = firstServer(document.servers, servers);
  const operations = listOperations(document, servers, rootServer.place);
  const base = chooseBase(
    rootServer,
    operations.map(({ server }) => server),
  );
  const found = findAuth(
    document,
    operations.map(({ operation }) => operation),
    { allowedHttpHosts, origin: base.origin },
  );
  const share = Math.min(operationBudget, Math.floor(connectorBudget / Math.min(Math.max(1, operations.length), usualEndpoints)));
  const budgets = { input: share / 2, answer: share / 2 };
  const context = { base, auth: found.auth, taken: found.taken, budgets, keyOf: createKeys() };
  const results: Result[] = [];
  const every = Math.max(1, Math.ceil(operations.length / 10));
  for (const [index, operation] of operations.entries()) {
    results.push(importOperation(document, operation, context));
    if (index % every === every - 1)
      onProgress?.({ stage: "Reading operations", progress: 60 + Math.floor((30 * index) / operations.length) });
  }
  const endpoints = importLinks(results.flatMap(({ linked }) => linked ?? []));
  onProgress?.({ stage: "Keeping what was read", progress: 95 });
  const info = objectOf(document.info);
  const title = textOf(info.title, 120) ?? "";
  const openapi = String(document.openapi);
  const connector: ImportedConnector = {
    baseUrl: base.baseUrl,
    ...(base.variables.length > 0 && { variables: base.variables }),
    auth: found.auth,
    endpoints,
    ...ownWordsOf(OwnConnectorWords, document),
    source: { format: `OpenAPI ${openapi}`, title, readAt, extensions: commonest(parsed.extensions) },
  };
  const report: ImportReport = {
    openapi,
    title,
    description: textOf(info.summary, 250) ?? wordsOf(info.description, 250) ?? "",
    baseUrl: base.baseUrl,
    auth: found.words,
    notes: [...base.notes, ...found.notes, ...webhookNotes(document), ...extensionNotes(parsed.extensions)],
    operations: results.map(({ line }) => line),
  };
  return { outcome: "imported", report, connector };
}

const methods = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

function listOperations(document: JsonObject, servers: ServerContext, root: Operation["server"]): Operation[] {
  return Object.entries(objectOf(document.paths)).flatMap(([path, value]) => {
    const item = follow(document, value);
    return methods.flatMap((method): Operation[] => {
      const operation = item[method];
      if (!isObject(operation)) return [];
      const own = operation.servers ?? item.servers;
      const server = own === undefined ? root : firstServer(own, servers).place;
      return [{ method, path, item, operation, server }];
    });
  });
}

function webhookNotes({ webhooks }: JsonObject): string[] {
  const count = Object.keys(objectOf(webhooks)).length;
  return count === 0
    ? []
    : [`${count} ${count === 1 ? "webhook is" : "webhooks are"} declared: incoming webhooks are not imported yet`];
}
