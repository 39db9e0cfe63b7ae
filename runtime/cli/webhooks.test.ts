import { spawnSync } from "node:child_process";
import { createHmac } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, expect, it } from "vitest";

const main = join(dirname(import.meta.dirname), "main.ts");
const folder = mkdtempSync(join(tmpdir(), "patchbay-"));
afterAll(() => rmSync(folder, { recursive: true }));

const secret = "It's a Secret to Everybody";
const body = `{"action":"opened",\n "title":"é"}`;
const signature = createHmac("sha256", secret).update(body).digest("hex");
const request = [
  "POST /hooks/1 HTTP/1.1",
  "Host: h.test",
  "X-GitHub-Event: push",
  "X-GitHub-Delivery: d-1",
  `X-Hub-Signature-256: sha256=${signature}`,
  "",
  body,
].join("\r\n");
writeFileSync(join(folder, "request.http"), request);
writeFileSync(join(folder, "changed.http"), `${request}\n`);
writeFileSync(join(folder, "wrong.json"), `{"kind":"hmac"}`);

function run(input: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, "webhooks", ...args], { cwd: folder, input });
  return { status, stdout: stdout.toString(), stderr: stderr.toString() };
}

it("detects how a captured request was signed, on standard output and nothing else", () => {
  const { status, stdout, stderr } = run(`${secret}\n`, "detect", "--request", "request.http", "--secret-stdin", "--json");
  expect(stderr).toBe("");
  expect(status).toBe(0);
  const { matched, provider, candidates, reason } = JSON.parse(stdout);
  expect(matched).toMatchObject({ kind: "hmac", algorithm: "sha256", encoding: "hex", signature: { valuePrefix: "sha256=" } });
  expect(provider).toBe("github");
  expect(candidates).toEqual(expect.any(Array));
  expect(reason).toContain("GitHub");
});

it("says why nothing matches, with exit code 1", () => {
  const { status, stdout } = run(secret, "detect", "--request", "changed.http", "--secret-stdin", "--json");
  expect(status).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({ matched: null, reason: expect.stringContaining("line break was added") });
});

it("verifies a request by a provider's name: accepted 0, refused 1 with what we would have signed", () => {
  const accepted = run(secret, "verify", "--recipe", "github", "--request", "request.http", "--secret-stdin", "--json");
  expect(accepted.status).toBe(0);
  expect(JSON.parse(accepted.stdout)).toEqual({
    accepted: true,
    verifiedBy: "HMAC-SHA256 in x-hub-signature-256",
    dedupeKey: "header:x-github-delivery:d-1",
    eventType: "push",
  });
  const refused = run("other", "verify", "--recipe", "GitHub", "--request", "request.http", "--secret-stdin", "--json");
  expect(refused.status).toBe(1);
  expect(JSON.parse(refused.stdout)).toMatchObject({
    accepted: false,
    reason: "signature_mismatch",
    signedContent: `{"action":"opened",\\n "title":"é"}`,
  });
});

it.each([
  ["no request", ["detect", "--secret-stdin"]],
  ["an option that is none", ["detect", "--request", "request.http", "--secret", "x"]],
  ["a recipe that is none", ["verify", "--recipe", "wrong.json", "--request", "request.http", "--secret-stdin"]],
])("answers %s with exit code 2 and a sentence", (_, args) => {
  const { status, stdout, stderr } = run(secret, ...args);
  expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
  expect(stderr).toMatch(/^(?:patchbay: |Usage)/);
  expect(stderr).not.toContain("    at ");
});
