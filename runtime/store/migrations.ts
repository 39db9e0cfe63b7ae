import { readdirSync, readFileSync } from "node:fs";
import { AppError } from "../../shared/app-error.ts";

/** A numbered migration: `0001-first.sql` is number 1. Applied once, in order, never edited after release. */
export type Migration = { number: number; name: string; text: string };

const folder = new URL("./migrations/", import.meta.url);

export function readMigrations(): Migration[] {
  const migrations = readdirSync(folder)
    .filter((name) => name.endsWith(".sql"))
    .sort()
    .map((name) => ({ number: Number.parseInt(name, 10), name, text: readFileSync(new URL(name, folder), "utf8") }));
  for (const [index, { number, name }] of migrations.entries())
    if (number !== index + 1) throw new AppError("internal", `migration ${name} should have number ${index + 1}`);
  return migrations;
}
