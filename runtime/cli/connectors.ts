import { readFile, stat } from "node:fs/promises";
import { parseArgs } from "node:util";
import { maxImportBytes } from "../../shared/api/imports.ts";
import { AppError } from "../../shared/app-error.ts";
import type { ImportReport } from "../../shared/connector/import-report.ts";
import { createImport } from "../connectors/import/import-in-process.ts";

const usage = "Usage: npm run patchbay -- connectors import FILE --dry-run [--json]";

/** What an import of a file would give. `result`: imported, or left-out with the reason in its notes. */
type DryRun = {
  ok: boolean;
  operations: { method: string; path: string; result: ImportReport["operations"][number]["outcome"]; notes: string[] }[];
  error?: string;
};

/** Reads a file as an import does and says what would come of it; needs no server and changes nothing. Exit code 1: refused. */
export async function connectors(args: string[]): Promise<void> {
  const options = { "dry-run": { type: "boolean" as const }, json: { type: "boolean" as const } };
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  const [verb, file, ...more] = positionals;
  if (verb !== "import" || file === undefined || more.length > 0) throw new AppError("bad_request", usage);
  if (!values["dry-run"])
    throw new AppError("bad_request", `Connectors are made in the interface; here a file can be tried with --dry-run.\n${usage}`);
  const result = await tryImport(file);
  process.stdout.write(values.json ? `${JSON.stringify(result)}\n` : readable(result));
  process.exitCode = result.ok ? 0 : 1;
}

async function tryImport(file: string): Promise<DryRun> {
  const text = await readText(file);
  if ("error" in text) return { ok: false, operations: [], error: text.error };
  const reply = await createImport({ allowedHttpHosts: [] }).read([Buffer.from(text.text)], { readAt: Date.now() });
  if (reply.outcome === "refused") return { ok: false, operations: [], error: reply.message };
  // Made by the importer a moment ago.
  const { operations } = JSON.parse(reply.report) as ImportReport;
  return {
    ok: true,
    operations: operations.map(({ method, path, outcome, notes }) => ({ method, path, result: outcome, notes })),
  };
}

async function readText(file: string): Promise<{ text: string } | { error: string }> {
  try {
    const { size } = await stat(file);
    if (size > maxImportBytes) return { error: "The file is larger than 30 MB" };
    return { text: await readFile(file, "utf8") };
  } catch (error) {
    return { error: `The file could not be opened: ${error instanceof Error ? error.message : String(error)}` };
  }
}

function readable({ ok, operations, error }: DryRun): string {
  if (!ok) return `refused: ${error}\n`;
  const taken = operations.filter(({ result }) => result === "imported").length;
  const lines = operations.flatMap(({ method, path, result, notes }) => [
    `${result.padEnd(9)} ${method.padEnd(7)}${path}`,
    ...notes.map((note) => `            ${note}`),
  ]);
  return `${lines.join("\n")}\n${taken} of ${operations.length} operations would be imported\n`;
}
