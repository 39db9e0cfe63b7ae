import { expect, test } from "vitest";
import type { Json } from "../../../shared/json.ts";
import { createImport } from "./import-in-process.ts";

type JsonObject = { [key: string]: Json };
const info = { title: "A bomb", version: "1" };

/** In a process of its own with less memory than a bomb would take, as the product reads files. */
async function read(text: string) {
  let characters = 0;
  const reply = await createImport({ allowedHttpHosts: [], timeoutMs: 20_000, memoryMb: 400 }).read([Buffer.from(text)], {
    readAt: 1,
    onPart: (text) => {
      characters += text.length;
    },
  });
  if (reply.outcome === "refused") return { refused: reply.message, characters: 0, notes: "" };
  return { refused: null, characters, notes: reply.report };
}

/** One operation that answers with a schema of these. */
function answering(schemas: JsonObject, root: string): string {
  const schema = { $ref: `#/components/schemas/${root}` };
  const operation = {
    requestBody: { content: { "application/json": { schema } } },
    responses: { 200: { description: "", content: { "application/json": { schema } } } },
  };
  return JSON.stringify({ openapi: "3.0.3", info, paths: { "/a": { post: operation } }, components: { schemas } });
}

/** `floors` schemas, each made by `floor` from the reference to the next; the last one is plain. */
function tower(floors: number, floor: (next: JsonObject) => JsonObject): JsonObject {
  return Object.fromEntries(
    Array.from({ length: floors }, (_, level) => [
      `S${level}`,
      level === floors - 1 ? { type: "string" } : floor({ $ref: `#/components/schemas/S${level + 1}` }),
    ]),
  );
}

test.each<[what: string, schemas: JsonObject]>([
  [
    "eight fields of the next, forty times",
    tower(40, (next) => ({ type: "object", properties: Object.fromEntries([..."abcdefgh"].map((key) => [key, next])) })),
  ],
  ["all of the next twice, forty times", tower(40, (next) => ({ allOf: [next, next] }))],
  ["one of the next twice, forty times", tower(40, (next) => ({ oneOf: [next, next] }))],
  ["lists of lists of the next", tower(300, (next) => ({ type: "array", items: { type: "array", items: next } }))],
  [
    "a leaf of five thousand fields behind a tower that doubles",
    {
      ...tower(30, (next) => ({ allOf: [next, next] })),
      S29: {
        type: "object",
        properties: Object.fromEntries(Array.from({ length: 5_000 }, (_, at) => [`f${at}`, { type: "string" }])),
      },
    },
  ],
])(
  "schemas that fan out are cut within their budget: %s",
  async (_, schemas) => {
    const { refused, characters, notes } = await read(answering(schemas, "S0"));
    expect(refused).toBeNull();
    expect(characters).toBeLessThan(300_000);
    expect(notes).toContain("/a");
  },
  30_000,
);

test("many operations that fan out share one budget", async () => {
  const schemas = tower(30, (next) => ({ type: "object", properties: { a: next, b: next, c: next } }));
  const operation = {
    responses: { 200: { description: "", content: { "application/json": { schema: { $ref: "#/components/schemas/S0" } } } } },
  };
  const paths = Object.fromEntries(Array.from({ length: 600 }, (_, at) => [`/p${at}`, { get: operation }]));
  const { refused, characters } = await read(JSON.stringify({ openapi: "3.0.3", info, paths, components: { schemas } }));
  expect(refused).toBeNull();
  expect(characters).toBeLessThan(20_000_000);
}, 30_000);

test.each<[what: string, text: string, words: string]>([
  ["lists of lists", aliases(12, (name) => `[${Array(9).fill(name).join(",")}]`), "aliases"],
  ["maps of maps", aliases(14, (name) => `{${[..."abcdefgh"].map((key) => `${key}: ${name}`).join(", ")}}`), "aliases"],
  ["itself", "openapi: 3.1.0\ninfo: {title: A, version: '1'}\npaths: {}\nx-a: &a\n  b: *a\n", "nests deeper"],
  ["brackets alone", `{"openapi":"3.0.0","x":${"[".repeat(100_000)}`, "read neither as JSON nor as YAML"],
])(
  "aliases that multiply are refused before they are filled in: %s",
  async (_, text, words) => {
    expect((await read(text)).refused).toContain(words);
  },
  30_000,
);

function aliases(floors: number, floor: (name: string) => string): string {
  const lines = Array.from({ length: floors }, (_, at) => `x-${at}: &f${at} ${at === 0 ? "x" : floor(`*f${at - 1}`)}`);
  return `openapi: 3.1.0\ninfo: {title: A, version: '1'}\npaths: {}\n${lines.join("\n")}\n`;
}
