import { expect, test } from "vitest";
import type { Json } from "../json.ts";
import { curlCommand } from "./curl-command.ts";

const url = "https://api.example.com/a?q=1&r=2";

test("JSON, with what a shell would read quoted away", () => {
  const body = { name: "it's $HOME `x`" };
  expect(curlCommand({ method: "POST", url, headers: { authorization: "Bearer ***", "accept-encoding": "gzip" }, body })).toBe(
    [`curl -X POST '${url}'`, "  -H 'authorization: Bearer ***'", `  --data-raw '{"name":"it'\\''s $HOME \`x\`"}'`].join(" \\\n"),
  );
});

test("forms, parts and no body", () => {
  expect(curlCommand({ method: "GET", url, headers: {}, body: null })).toBe(`curl -X GET '${url}'`);
  expect(curlCommand({ method: "POST", url, headers: {}, body: "a=1&b=2", encoding: "form" })).toContain("--data-raw 'a=1&b=2'");
  const parts: Json = [
    { name: "note", value: "@home" },
    { name: "logo", file: { name: "logo.png", base64: "AA==" } },
  ];
  const multipart = curlCommand({
    method: "POST",
    url,
    headers: { "content-type": "multipart/form-data" },
    body: parts,
    encoding: "multipart",
  });
  expect(multipart).toBe(`curl -X POST '${url}' \\\n  --form-string 'note=@home' \\\n  -F 'logo=@logo.png'`);
});
