import { parentPort, workerData } from "node:worker_threads";
import Database from "better-sqlite3";
import type { SqlValue } from "../sql.ts";

const db = new Database((workerData as { file: string }).file, { readonly: true, timeout: 2_000 });

type Question = { id: number; text: string; params: SqlValue[] };

parentPort?.on("message", (question: Question | "end") => {
  if (question === "end") {
    db.close();
    parentPort?.close();
    return;
  }
  const { id, text, params } = question;
  try {
    const bound = Object.fromEntries(params.map((value, index) => [String(index + 1), value]));
    parentPort?.postMessage({ id, rows: db.prepare(text).all(...(params.length === 0 ? [] : [bound])) });
  } catch (error) {
    parentPort?.postMessage({ id, problem: String(error) });
  }
});
