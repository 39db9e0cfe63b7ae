import { useQuery } from "@tanstack/react-query";
import type { ConsoleLine } from "../../shared/run/console-line.ts";
import { entryValuesQuery } from "../api/queries.ts";
import { ConsoleLines } from "./console-lines.tsx";

/** What a code step printed: kept with its output, or, when it failed, with its input. */
export function StepConsole({ run, entry }: { run: string; entry: number }) {
  const { data } = useQuery(entryValuesQuery(run, entry));
  const lines = data?.values.console;
  // The value's name says what it holds.
  return Array.isArray(lines) ? <ConsoleLines lines={lines as ConsoleLine[]} /> : null;
}
