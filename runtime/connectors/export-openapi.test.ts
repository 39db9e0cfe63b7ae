import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { type ConnectorDraft, ConnectorDraft as Draft } from "../../shared/connector/connector.ts";
import { chooseEndpoints } from "./choose-endpoints.ts";
import { exportOpenApi } from "./export-openapi.ts";
import { importFile } from "./import/import-file.ts";

/** Real files by others, beside the project where they are present. */
const folder = join(dirname(fileURLToPath(import.meta.url)), "../../../shared/specs");
const most = process.env.PATCHBAY_FULL === "1" ? Number.POSITIVE_INFINITY : 500_000;
const files = existsSync(folder)
  ? ["json", "yaml"]
      .flatMap((name) => readdirSync(join(folder, name)).map((file) => join(name, file)))
      .filter((file) => statSync(join(folder, file)).size <= most)
  : [];

async function taken(text: string) {
  const outcome = await importFile(text, { allowedHttpHosts: [] });
  if (outcome.outcome === "refused") expect.fail(outcome.message);
  const { connector, report } = outcome;
  const keys = connector.endpoints.slice(0, 150).map(({ key }) => key);
  return { report, parts: chooseEndpoints(connector, keys) };
}

function draftOf(parts: object): ConnectorDraft {
  return Draft.parse({ schemaVersion: 1, key: "mine", name: "Mine", description: "Of my own", incomingWebhooks: [], ...parts });
}

describe("an exported connector", () => {
  test.each(files)("made from %s is the same when it is imported again", async (file) => {
    const { parts } = await taken(readFileSync(join(folder, file), "utf8"));
    const document = exportOpenApi(draftOf(parts));
    const again = await taken(JSON.stringify(document));
    expect(again.report).toMatchObject({ openapi: "3.1.0", title: "Mine", description: "Of my own" });
    expect(again.report.operations.every(({ outcome }) => outcome === "imported")).toBe(true);
    expect(again.parts).toEqual(parts);
  });

  test("keeps what OpenAPI has no words for", async () => {
    const shop = { key: "shop", label: "Shop", hostSuffixes: [".example.com"] };
    const query = { in: "query", type: "string", required: false } as const;
    const parts = {
      baseUrl: "https://{shop}/v1",
      variables: [shop],
      auth: {
        kind: "jwt",
        jwt: { algorithm: "HS256", secretEncoding: "text", header: {}, payload: { sub: "a" }, lifetimeMs: 60_000, backdateMs: 0 },
        fields: [],
        addTo: "header",
        name: "Authorization",
        prefix: "Bearer ",
      },
      verification: { endpoint: "list", inputs: {} },
      limits: [{ windows: [{ limit: 5, perMs: 1_000 }] }],
      actions: [
        {
          key: "find",
          name: "Find",
          description: "",
          category: "retrieve",
          endpoint: "list",
          inputs: [{ parameter: "kind" }],
          fixed: {},
        },
      ],
      endpoints: [
        {
          key: "list",
          name: "List",
          method: "POST",
          path: "/things/:kind/search",
          effect: "read",
          billed: true,
          parameters: [
            { key: "kind", name: "Kind", in: "path", type: "string", required: true },
            { key: "kind_query", wireName: "kind", name: "Kind again", ...query, hidden: true, default: "x" },
            {
              key: "project",
              name: "Project",
              ...query,
              link: {
                kind: "dynamic",
                endpoint: "projects",
                items: "data.items",
                value: "id",
                label: "name",
                args: { of: { from: "kind" } },
                search: "of",
                allowCustom: false,
              },
            },
            {
              key: "size",
              name: "Size",
              ...query,
              link: { kind: "static", values: [{ value: "s", label: "Small" }], allowCustom: false },
            },
            { key: "whole", name: "Whole", in: "body", type: "object", required: false },
          ],
          body: { as: "value" },
          pagination: { kind: "cursor", items: "data", parameter: "project", next: "next" },
          test: { inputs: { kind: "a" }, assertions: [{ kind: "status", equals: 200 }] },
        },
        {
          key: "projects",
          name: "Projects",
          method: "GET",
          path: "/projects",
          parameters: [{ key: "of", name: "Of", ...query }],
          imported: "GET /projects",
        },
        { key: "projects-too", name: "Projects too", method: "GET", path: "/projects", parameters: [] },
      ],
    };
    const document = exportOpenApi(draftOf(parts));
    expect(document).toMatchObject({
      paths: { "/things/{kind}/search": { post: { operationId: "list" } }, "/projects#projects-too": {} },
    });
    expect((await taken(JSON.stringify(document))).parts).toEqual(parts);
    // Other tools know this one.
    expect(JSON.stringify(document)).toContain('"x-ms-dynamic-list":{"operationId":"projects","itemsPath":"data/items"');
  });

  test("is not believed where it says what cannot be", async () => {
    const parts = {
      baseUrl: "https://api.example.com",
      auth: { kind: "none" },
      endpoints: [{ key: "a", name: "A", method: "GET", path: "/a", parameters: [], imported: "GET /a" }],
    };
    const document = exportOpenApi(draftOf(parts)) as { paths: { "/a": { get: Record<string, unknown> } } };
    document.paths["/a"].get["x-patchbay"] = { key: "No Slug", path: "no path", pagination: { kind: "magic" } };
    expect((await taken(JSON.stringify(document))).parts).toEqual(parts);
    document.paths["/a"].get["x-patchbay"] = { key: "a", limitGroup: "of-no-limit" };
    expect((await taken(JSON.stringify(document))).parts).toEqual(parts);
  });
});
