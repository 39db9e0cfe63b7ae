import type { ConnectorDraft } from "../../../shared/connector/connector.ts";
import type { ImportReport } from "../../../shared/connector/import-report.ts";
import { findAuth } from "./auth.ts";
import { checkDocument } from "./check-document.ts";
import { importOperation, type Operation } from "./import-operation.ts";
import { follow, isObject, type JsonObject, objectOf, textOf } from "./json-object.ts";
import { createKeys } from "./names.ts";
import { parseDocument, type Refused, refused } from "./parse-document.ts";
import { chooseBase, firstServer } from "./servers.ts";

/** What an import keeps: all of the connector but its own key and name, with every endpoint that can be chosen. */
export type ImportedConnector = Pick<ConnectorDraft, "baseUrl" | "auth" | "endpoints">;
export type ImportOutcome = { outcome: "imported"; report: ImportReport; connector: ImportedConnector } | Refused;

/** Schemas of one operation have at most 64 KB, less where there are many, so that a whole connector stays within a few MB. */
const operationBudget = 64 * 1024;
const connectorBudget = 4 * 1024 * 1024;
const usualEndpoints = 150;

/** Reads an OpenAPI 3.0 or 3.1 file into a connector and a report that lists every operation of it. */
export async function importSpecification(text: string, allowedHttpHosts: string[]): Promise<ImportOutcome> {
  const parsed = parseDocument(text);
  if (parsed.outcome === "refused") return parsed;
  const { document } = parsed;
  const fault = await checkDocument(document);
  if (fault !== null) return refused(fault);
  const rootServer = firstServer(document.servers, allowedHttpHosts);
  const operations = listOperations(document, allowedHttpHosts, rootServer.place);
  const base = chooseBase(
    rootServer,
    operations.map(({ server }) => server),
  );
  const { auth, words, notes } = findAuth(
    document,
    operations.map(({ operation }) => operation),
  );
  const share = Math.min(operationBudget, Math.floor(connectorBudget / Math.min(Math.max(1, operations.length), usualEndpoints)));
  const budgets = { input: share / 2, answer: share / 2 };
  const keyOf = createKeys();
  const results = operations.map((operation) => importOperation(document, operation, { base, auth, budgets, keyOf }));
  const info = objectOf(document.info);
  const connector = { baseUrl: base.baseUrl, auth, endpoints: results.flatMap(({ endpoint }) => endpoint ?? []) };
  const report: ImportReport = {
    openapi: String(document.openapi),
    title: textOf(info.title, 120) ?? "",
    description: textOf(info.summary, 250) ?? textOf(info.description, 250) ?? "",
    baseUrl: base.baseUrl,
    auth: words,
    notes: [...base.notes, ...notes, ...webhookNotes(document)],
    operations: results.map(({ line }) => line),
  };
  return { outcome: "imported", report, connector };
}

const methods = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

function listOperations(document: JsonObject, allowedHttpHosts: string[], root: Operation["server"]): Operation[] {
  return Object.entries(objectOf(document.paths)).flatMap(([path, value]) => {
    const item = follow(document, value);
    return methods.flatMap((method): Operation[] => {
      const operation = item[method];
      if (!isObject(operation)) return [];
      const own = operation.servers ?? item.servers;
      const server = own === undefined ? root : firstServer(own, allowedHttpHosts).place;
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
