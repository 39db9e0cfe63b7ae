import { deflateSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as api from "../../shared/api/connectors.ts";
import { ErrorBody } from "../../shared/api/errors.ts";
import { cpuMs } from "../testing/cpu-ms.ts";
import { ask } from "../testing/test-client.ts";
import { startTestServer, type TestPerson, type TestServer } from "../testing/test-server.ts";
import { logoFacts } from "./logo-facts.ts";

let server: TestServer;
let person: TestPerson;
beforeAll(async () => {
  server = await startTestServer();
  person = await server.addPerson("Ada");
});
afterAll(() => server.close());

/** A PNG of one colour, whose checksums nobody reads. */
function png(width: number, height: number, padding = 0): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    return Buffer.concat([length, Buffer.from(type), data, Buffer.alloc(4)]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.writeUInt8(8, 8);
  const parts = [chunk("IHDR", header), chunk("IDAT", deflateSync(Buffer.alloc(16))), chunk("tEXt", Buffer.alloc(padding))];
  return Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), ...parts]);
}

function gif(width: number, height: number): Buffer {
  const screen = Buffer.alloc(7);
  screen.writeUInt16LE(width, 0);
  screen.writeUInt16LE(height, 2);
  return Buffer.concat([Buffer.from("GIF89a"), screen]);
}

async function send(method: string, path: string, body?: unknown, who: TestPerson | null = person) {
  const headers = { ...(who && { Cookie: who.cookie }), "X-Patchbay-Request": "1" };
  const answer = await ask(`${server.url}/api/v1${path}`, {
    method,
    headers,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { ...answer, problem: answer.status === 200 ? null : ErrorBody.parse(answer.json).error };
}
const upload = (bytes: Buffer, who = person) => send("POST", "/logos", { base64: bytes.toString("base64") }, who);
const uploaded = async (bytes: Buffer) => api.uploadLogo.response.parse((await upload(bytes)).json).logo;
async function refusals(bytes: Buffer): Promise<string[]> {
  const { problem } = await upload(bytes);
  return ((problem?.details?.issues ?? []) as { message: string }[]).map(({ message }) => message);
}

describe("a logo", () => {
  test.each([
    ["PNG", png(420, 120), { media: "image/png", width: 420, height: 120 }],
    ["GIF", gif(500, 130), { media: "image/gif", width: 500, height: 130 }],
    [
      "SVG with a size",
      Buffer.from('<?xml version="1.0"?><!-- a --><!DOCTYPE svg><svg width="640px" height="160"/>'),
      { media: "image/svg+xml", width: 640, height: 160 },
    ],
    [
      "SVG with a viewBox only",
      Buffer.from('<svg viewBox="0,0, 840 240"/>'),
      { media: "image/svg+xml", width: 840, height: 240 },
    ],
  ])("is kept and shown as what it is: %s", async (_, bytes, told) => {
    const logo = await uploaded(bytes);
    expect(logo).toMatchObject(told);
    expect(await uploaded(bytes)).toEqual(logo);
    const shown = await send("GET", `/logos/${logo.sha256}`);
    expect(shown.headers).toMatchObject({
      "content-type": told.media,
      "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
      "x-content-type-options": "nosniff",
      "cache-control": "private, max-age=31536000, immutable",
    });
    expect(shown.text.length).toBeGreaterThan(0);
  });

  test("is refused with one message for each rule that it breaks", async () => {
    const format = expect.stringContaining("no PNG, SVG or GIF");
    expect(await refusals(Buffer.from("\xff\xd8\xff\xe0 a JPEG", "latin1"))).toEqual([format]);
    expect(await refusals(Buffer.from('<html><svg width="640" height="160"/></html>'))).toEqual([format]);
    expect(await refusals(png(420, 120, 1_048_576))).toEqual(["The file may have 1 MB at most; this one has 1.1 MB."]);
    const small = "The picture must be at least 420 × 120 px; this one is 419 × 120 px.";
    expect(await refusals(png(419, 120))).toEqual([small]);
    expect(await refusals(Buffer.alloc(1_100_000))).toEqual([format, expect.stringContaining("1 MB at most")]);
    expect(await refusals(png(100, 400, 1_048_576))).toHaveLength(2);
    expect(await refusals(Buffer.from("<svg></svg>"))).toEqual([expect.stringContaining("says no size")]);
  });

  test("that is made to be slow to read is read at once", () => {
    for (const text of [
      "<!--",
      "<!-- -->".repeat(100_000),
      `<svg ${'a="'.repeat(300_000)}`,
      `<svg viewBox="${" ".repeat(900_000)}">`,
    ]) {
      const took = cpuMs(() => expect(logoFacts(Buffer.from(text)).size).toBeNull());
      expect(took).toBeLessThan(1_500);
    }
  });

  test("is uploaded by administrators, and seen only by people of its workspace", async () => {
    const logo = await uploaded(png(421, 121));
    const user = await server.addPerson("Bo", { role: "user", workspace: person.workspace });
    expect((await upload(png(421, 121), user)).problem?.code).toBe("forbidden");
    expect((await send("GET", `/logos/${logo.sha256}`, undefined, user)).status).toBe(200);
    expect((await send("GET", `/logos/${logo.sha256}`, undefined, await server.addPerson("Eve"))).problem?.code).toBe(
      "not_found",
    );
    expect((await send("GET", `/logos/${logo.sha256}`, undefined, null)).problem?.code).toBe("unauthenticated");
  });

  test("belongs to a connector only as it was uploaded", async () => {
    const logo = await uploaded(png(600, 200));
    const basics = { edit: "basics", name: "Pictured", description: "" };
    const made = await send("POST", "/connectors", { name: "Pictured", logo });
    const { connector: key } = api.createConnector.response.parse(made.json);
    const save = (base: number, change: object) => send("PATCH", `/connectors/${key}`, { base, edit: { ...basics, ...change } });
    for (const wrong of [
      { ...logo, sha256: "0".repeat(64) },
      { ...logo, width: 4_000 },
    ]) {
      expect((await save(1, { logo: wrong })).problem).toMatchObject({ details: { issues: [{ field: "edit.logo" }] } });
      expect((await send("POST", "/connectors", { name: "Other", logo: wrong })).problem).toMatchObject({
        details: { issues: [{ field: "logo" }] },
      });
    }
    expect((await save(1, { logo })).status).toBe(200);
    const draft = async () => api.getConnector.response.parse((await send("GET", `/connectors/${key}`)).json).document;
    expect((await draft()).logo).toEqual(logo);
    expect((await save(2, {})).status).toBe(200);
    expect((await draft()).logo).toBeUndefined();
  });
});

describe("creating a connector", () => {
  test("takes category, base URL with variables and authentication along", async () => {
    const auth = { kind: "api-key", displayName: "Key", key: "X-Key", addTo: "header" };
    const given = {
      name: "Whole",
      description: "All of it",
      category: "Marketing / Sales Marketing",
      baseUrl: "https://{site}.example.com",
      variables: [{ key: "site", label: "Site" }],
      auth,
    };
    const { connector } = api.createConnector.response.parse((await send("POST", "/connectors", given)).json);
    expect((await send("GET", `/connectors/${connector}`)).json).toMatchObject({
      revision: 1,
      document: { ...given, key: "whole", endpoints: [] },
    });
  });

  test("begins a draft whose list entry says what is still missing", async () => {
    const auth = { kind: "bearer" };
    const { connector } = api.createConnector.response.parse((await send("POST", "/connectors", { name: "Begun", auth })).json);
    const summary = async () => {
      const listed = api.listConnectors.response.parse((await send("GET", "/connectors")).json);
      expect(listed.redirectUrl).toMatch(/^http.*\/api\/v1\/connector\/callback$/);
      return listed.connectors.find(({ key }) => key === connector);
    };
    expect((await summary())?.missing).toEqual(["a description", "a category", "a base URL", "an endpoint", "a connection"]);
    const endpoint = { key: "list", name: "List", method: "GET", path: "/list", parameters: [] };
    const changes = [
      { edit: "basics", name: "Begun", description: "Now told", category: "Other" },
      { edit: "base", baseUrl: "https://begun.example", auth: { kind: "none" } },
      { edit: "endpoint", replaces: null, endpoint },
    ];
    for (const [index, edit] of changes.entries()) await send("PATCH", `/connectors/${connector}`, { base: index + 1, edit });
    expect((await summary())?.missing).toEqual(["a test of 1 endpoint"]);
  });

  test("names the field that is refused, and makes nothing", async () => {
    const field = async (given: object) => {
      const { problem } = await send("POST", "/connectors", { name: "Refused", ...given });
      return problem?.details?.issues;
    };
    expect(await field({ baseUrl: "http://api.example.com" })).toEqual([
      { field: "baseUrl", message: expect.stringContaining("must use https") },
    ]);
    expect(await field({ baseUrl: "/v1" })).toEqual([{ field: "baseUrl", message: expect.stringContaining("absolute URL") }]);
    const oauth = { kind: "oauth2", grant: "authorization-code", tokenUrl: "https://auth.example.com/token" };
    expect(await field({ baseUrl: "https://api.example.com", auth: oauth })).toEqual([
      { field: "auth.authorizationUrl", message: "enter where users are sent to authenticate" },
    ]);
    expect((await send("GET", "/connectors/refused")).problem?.code).toBe("not_found");
  });
});
