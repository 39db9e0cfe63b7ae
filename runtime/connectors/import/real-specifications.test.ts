import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { load } from "js-yaml";
import { describe, expect, test } from "vitest";
import { githubSpecification } from "../../../e2e/real-specs/github.ts";
import { Endpoint } from "../../../shared/connector/endpoint.ts";
import { importFile } from "./import-file.ts";

/** Real files by others, beside the project where they are present; see the README there for their licences. */
const folder = join(dirname(fileURLToPath(import.meta.url)), "../../../../shared/specs");

function files(name: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(join(folder, name), { recursive: true, encoding: "utf8" })
    .filter((file) => /\.(json|ya?ml)$/.test(file))
    .map((file) => join(folder, name, file));
}

/** Operations that each file has, and those that become endpoints. */
const counts: [file: string, operations: number, endpoints: number][] = [
  ["json/adyen-binlookup-v54.json", 2, 2],
  ["json/adyen-checkout-v72.json", 28, 28],
  ["json/meilisearch.json", 113, 113],
  ["json/oai-link-example-3.0.json", 6, 6],
  ["json/oai-tictactoe-3.1.json", 3, 3],
  ["json/paypal-checkout-orders-v2.json", 8, 8],
  ["json/paypal-webhooks-v1.json", 16, 16],
  ["json/scalar-galaxy-3.1.json", 9, 9],
  // Files are uploaded to another host.
  ["json/stripe-spec3.json", 355, 354],
  ["json/twilio-api-v2010.json", 197, 197],
  ["yaml/intercom-2.14.yaml", 150, 150],
  ["yaml/oai-api-with-examples-3.0.yaml", 2, 2],
  ["yaml/oai-callback-example-3.0.yaml", 1, 1],
  ["yaml/oai-non-oauth-scopes-3.1.yaml", 1, 1],
  ["yaml/oai-petstore-expanded-3.0.yaml", 4, 4],
  ["yaml/oai-uspto-3.0.yaml", 3, 3],
  ["yaml/petstore-swaggerapi-3.0.yaml", 19, 19],
  ["yaml/redocly-museum-3.1.yaml", 8, 8],
  ["yaml/resend.yaml", 104, 104],
  ["yaml/scalar-galaxy-3.1.yaml", 9, 9],
  ["yaml/sendgrid-mail-v3.yaml", 3, 3],
  ["yaml/twilio-verify-v2.yaml", 57, 57],
  ["yaml/xero-files.yaml", 18, 18],
];

/** Without `--full` a twelfth is enough of those that are many and alike, and the largest are left out. */
const { every, bytes } =
  process.env.PATCHBAY_FULL === "1" ? { every: 1, bytes: Number.POSITIVE_INFINITY } : { every: 12, bytes: 900_000 };
const some = (name: string) =>
  files(name)
    .filter((_, index) => index % every === 0)
    .map((file) => [basename(file), file]);

describe.skipIf(!existsSync(folder))("of real specifications", () => {
  test("all that import are counted below", () => {
    const valid = [...files("json"), ...files("yaml")].map((file) => relative(folder, file).split(sep).join("/"));
    expect(counts.map(([file]) => file).toSorted()).toEqual(valid.toSorted());
  });

  // The body of a group that is skipped is run all the same, to find its tests.
  const tried = counts.filter(([file]) => existsSync(join(folder, file)) && statSync(join(folder, file)).size <= bytes);
  test.each(tried)("%s: of %i operations %i are imported, and the report lists every one", async (name, all, taken) => {
    const file = join(folder, name);
    const text = readFileSync(file, "utf8");
    const outcome = await importFile(text, { allowedHttpHosts: [] });
    if (outcome.outcome === "refused") expect.fail(outcome.message);
    const { paths } = (file.endsWith(".json") ? JSON.parse(text) : load(text)) as { paths: Record<string, object> };
    const declared = Object.entries(paths).flatMap(([path, item]) =>
      Object.keys(item).flatMap((name) =>
        /^(get|put|post|delete|options|head|patch|trace)$/.test(name) ? `${name.toUpperCase()} ${path}` : [],
      ),
    );
    const { report, connector } = outcome;
    expect(report.operations.map(({ method, path }) => `${method} ${path}`).toSorted()).toEqual(declared.toSorted());
    expect(report.operations.every(({ outcome: became, notes }) => became === "imported" || notes.length > 0)).toBe(true);
    expect(connector.endpoints.map(({ key }) => key)).toEqual(report.operations.flatMap(({ key }) => key ?? []));
    expect([report.operations.length, connector.endpoints.length]).toEqual([all, taken]);
    for (const endpoint of connector.endpoints) {
      expect(Endpoint.safeParse(endpoint).error).toBeUndefined();
      expect(JSON.stringify(endpoint)).not.toContain('"$ref":"#/');
    }
  });

  test("Swagger 2.0 and OpenAPI 3.2 are refused with a sentence", async () => {
    for (const file of files("unsupported"))
      expect(await importFile(readFileSync(file, "utf8"), { allowedHttpHosts: [] })).toEqual({
        outcome: "refused",
        message: expect.stringMatching(/^Only OpenAPI 3\.0 and 3\.1 can be read; this file says (Swagger 2\.0|OpenAPI 3\.2\.0)$/),
      });
  });

  test.each(some("odd"))("the odd %s imports or is refused with a reason", async (name, file) => {
    const outcome = await importFile(readFileSync(file, "utf8"), { allowedHttpHosts: [] });
    if (outcome.outcome === "refused") expect([name, outcome.message]).toEqual([name, expect.stringMatching(/.{20}/)]);
    else expect(outcome.report.operations.length).toBeGreaterThanOrEqual(outcome.connector.endpoints.length);
  });

  test.each(some("invalid"))("the invalid %s is refused with a reason", async (_, file) => {
    const outcome = await importFile(readFileSync(file, "utf8"), { allowedHttpHosts: [] });
    expect(outcome).toEqual({ outcome: "refused", message: expect.stringMatching(/.{20}/) });
  });
});

describe.skipIf(process.env.PATCHBAY_FULL !== "1")("of GitHub's specification, 13 MB", () => {
  test("every operation but the one on another host is imported", { timeout: 400_000 }, async ({ skip }) => {
    const file = githubSpecification();
    if (file === null) return skip("no registry can be reached");
    const outcome = await importFile(readFileSync(file, "utf8"), { allowedHttpHosts: [] });
    if (outcome.outcome === "refused") expect.fail(outcome.message);
    const { report, connector } = outcome;
    expect([report.operations.length, connector.endpoints.length]).toEqual([1223, 1222]);
    expect(report.operations.find(({ key }) => key === null)?.notes).toEqual([expect.stringContaining("uploads.github.com")]);
    expect(connector.endpoints.filter(({ pagination }) => pagination?.kind === "link").length).toBeGreaterThan(100);
    expect(connector.endpoints.every((endpoint) => Endpoint.safeParse(endpoint).success)).toBe(true);
  });
});
