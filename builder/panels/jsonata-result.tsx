import { useEffect, useState } from "react";
import type { Json } from "../../shared/json.ts";
import type { DataRoot } from "./data-roots.ts";

type Result = { state: "value"; value: Json | undefined } | { state: "problem"; message: string };

/** The engine's own limits on one expression. */
const limits = { timeout: 200, stack: 200, sequence: 100_000 };

/** What a JSONata expression gives with the samples at hand. */
export function JsonataResult({ source, roots }: { source: string; roots: readonly DataRoot[] }) {
  const [result, setResult] = useState<Result | null>(null);
  useEffect(() => {
    let current = true;
    // Between two letters nobody waits for an answer.
    const timer = setTimeout(() => {
      void evaluate(source, roots).then((next) => {
        if (current) setResult(next);
      });
    }, 250);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [source, roots]);
  if (source.trim() === "" || result === null) return null;
  if (result.state === "problem")
    return (
      <p role="alert" className="text-failed-text text-sm">
        {result.message}
      </p>
    );
  return (
    <p className="text-muted text-sm" role="status">
      With the samples it gives{" "}
      <code className="break-words font-mono text-text text-xs">
        {result.value === undefined ? "nothing" : JSON.stringify(result.value).slice(0, 2_000)}
      </code>
    </p>
  );
}

async function evaluate(source: string, roots: readonly DataRoot[]): Promise<Result> {
  if (source.trim() === "") return { state: "value", value: undefined };
  try {
    const { default: jsonata } = await import("jsonata");
    const value: unknown = await jsonata(source, limits).evaluate(inputOf(roots));
    return { state: "value", value: value === undefined ? undefined : JSON.parse(JSON.stringify(value)) };
  } catch (error) {
    return { state: "problem", message: messageOf(error) };
  }
}

/** The samples as a run would give them, each at the path that expressions begin with; what lies within another comes after it. */
function inputOf(roots: readonly DataRoot[]): Json {
  const input: { [key: string]: Json } = { steps: {} };
  for (const { source, tree } of roots.toSorted((one, other) => one.source.length - other.source.length)) {
    const names = source.split(".");
    const last = names.pop();
    if (tree.sample === undefined || last === undefined) continue;
    let place = input;
    for (const name of names) {
      const inner = place[name];
      const next = typeof inner === "object" && inner !== null && !Array.isArray(inner) ? { ...inner } : {};
      place[name] = next;
      place = next;
    }
    place[last] = tree.sample;
  }
  return input;
}

/** JSONata throws plain objects with a message and a position. */
function messageOf(error: unknown): string {
  if (typeof error !== "object" || error === null || !("message" in error)) return String(error);
  const position = "position" in error && typeof error.position === "number" ? ` (at character ${error.position})` : "";
  return `${String(error.message)}${position}`;
}
