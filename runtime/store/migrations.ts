import { readdirSync, readFileSync } from "node:fs";
import { AppError } from "../../shared/app-error.ts";

/** A numbered migration: `0001-first.sql` is number 1. Applied once, in order, never edited after release. */
export type Migration = { number: number; name: string; text: string };

const folder = new URL("./migrations/", import.meta.url);

/** One text for both databases: what stands in a comment that begins with `sqlite:` or `postgres:` is for that one alone. */
export function readMigrations(database: "sqlite" | "postgres"): Migration[] {
  const migrations = readdirSync(folder)
    .filter((name) => name.endsWith(".sql"))
    .sort()
    .map((name) => ({ number: Number.parseInt(name, 10), name, text: textFor(database, name) }));
  for (const [index, { number, name }] of migrations.entries())
    if (number !== index + 1) throw new AppError("internal", `migration ${name} should have number ${index + 1}`);
  return migrations;
}

function textFor(database: "sqlite" | "postgres", name: string): string {
  const text = readFileSync(new URL(name, folder), "utf8");
  return text.replace(/\/\*(sqlite|postgres):(.*?)\*\//gs, (_, marked: string, inner: string) =>
    marked === database ? inner : "",
  );
}

/** Those that a database with `applied` migrations lacks. Throws `config` when a newer version of Patchbay has been there. */
export function pendingMigrations(database: "sqlite" | "postgres", applied: number): Migration[] {
  const migrations = readMigrations(database);
  if (applied > migrations.length)
    throw new AppError(
      "config",
      `the database has schema ${applied}, this version of Patchbay knows ${migrations.length}: start a newer version`,
    );
  return migrations.slice(applied);
}
