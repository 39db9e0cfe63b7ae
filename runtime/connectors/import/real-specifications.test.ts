import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { load } from "js-yaml";
import { describe, expect, test } from "vitest";
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

/** Without `--full` a twelfth is enough of those that are many and alike, and the largest are left out. */
const { every, bytes } =
  process.env.PATCHBAY_FULL === "1" ? { every: 1, bytes: Number.POSITIVE_INFINITY } : { every: 12, bytes: 900_000 };
const some = (name: string) =>
  files(name)
    .filter((_, index) => index % every === 0)
    .map((file) => [basename(file), file]);

describe.skipIf(!existsSync(folder))("of real specifications", () => {
  const valid = [...files("json"), ...files("yaml")].filter((file) => statSync(file).size <= bytes);
  test.each(valid.map((file) => [basename(file), file]))("%s imports, and its report lists every operation", async (_, file) => {
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
    expect(connector.endpoints.length).toBeGreaterThan(0);
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
