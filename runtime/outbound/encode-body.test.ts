import { Hono } from "hono";
import { expect, test } from "vitest";
import type { Json } from "../../shared/json.ts";
import { encodeBody, withField } from "./encode-body.ts";

test("a multipart body is read by a server as it was meant, and is the same each time", async () => {
  const parts: Json = [
    { name: 'ti"tle\r\n', value: "é" },
    { name: "meta", value: '{"a":1}', type: "application/json" },
    { name: "logo", file: { name: "lo go.png", type: "image/png", base64: Buffer.from([0, 255, 13, 10]).toString("base64") } },
    { name: "note", file: { name: "note", type: "text/plain", text: "ü" } },
  ];
  const encoded = encodeBody({ body: parts, encoding: "multipart" });
  if (!encoded) return expect.unreachable();
  expect(encodeBody({ body: parts, encoding: "multipart" })).toEqual(encoded);
  const app = new Hono().post("/", async (c) => {
    const form = await c.req.formData();
    const logo = form.get("logo") as File;
    const note = form.get("note") as File;
    return c.json({
      title: [...form.entries()][0],
      meta: form.get("meta"),
      logo: [logo.name, logo.type, [...new Uint8Array(await logo.arrayBuffer())]],
      note: await note.text(),
    });
  });
  const body = new Uint8Array(Buffer.from(encoded.bytes as Buffer));
  const answer = await app.request("/", { method: "POST", headers: { "content-type": encoded.contentType }, body });
  expect(await answer.json()).toEqual({
    title: ['ti"tle\r\n', "é"],
    meta: '{"a":1}',
    logo: ["lo go.png", "image/png", [0, 255, 13, 10]],
    note: "ü",
  });
});

test.each([
  [undefined, { a: 1 }, { body: { a: 1, key: "v&" } }],
  [undefined, null, { body: { key: "v&" } }],
  ["form", "a=1", { body: "a=1&key=v%26" }],
  ["form", "", { body: "key=v%26" }],
  [
    "multipart",
    [{ name: "a", value: "1" }],
    {
      body: [
        { name: "a", value: "1" },
        { name: "key", value: "v&" },
      ],
    },
  ],
  ["raw", "text", { problem: expect.stringContaining("no fields") }],
  [undefined, [1], { problem: expect.stringContaining("no fields") }],
] as const)("a key in a body (%s) of %j", (encoding, body, expected) => {
  const request = { body: body as never, ...(encoding && { encoding }) };
  expect(withField(request, { name: "key", value: "v&" })).toEqual(expected);
});
