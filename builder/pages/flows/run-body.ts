import type { FlowVersion } from "../../../shared/api/runs.ts";
import type { Flow } from "../../../shared/flow/flow.ts";
import type { FormField } from "../../../shared/flow/form-field.ts";
import { isTrigger } from "../../../shared/flow/node-ports.ts";
import type { Json } from "../../../shared/json.ts";

/** The sample body of a flow's trigger. */
export function sampleIn(flow: Flow | undefined): Json | undefined {
  const trigger = flow?.nodes.find(isTrigger);
  return trigger && "sample" in trigger ? trigger.sample : undefined;
}

/** The same of a version as text to edit; an empty object when it has none. */
export function sampleOf(version: FlowVersion | null): string {
  return JSON.stringify(sampleIn(version?.document) ?? {}, null, 2);
}

/** The form that a person fills in to start a flow; empty when it has none. */
export function formOf(flow: Flow | undefined): FormField[] {
  const trigger = flow?.nodes.find((node) => node.kind === "manual-trigger");
  return trigger?.kind === "manual-trigger" ? (trigger.form ?? []) : [];
}

/** Reads what a person typed; the problem names the line, which browsers tell in different ways or not at all. */
export function parseBody(text: string): { body: Json } | { problem: string } {
  if (text.trim() === "") return { problem: "Enter a JSON value, for example {}." };
  try {
    const body: Json = JSON.parse(text);
    return { body };
  } catch (error) {
    const line = lineOf(error instanceof Error ? error.message : "", text);
    return { problem: line === null ? "This is not valid JSON." : `This is not valid JSON: look at line ${line}.` };
  }
}

function lineOf(message: string, text: string): number | null {
  const line = /line (\d+)/.exec(message)?.[1];
  if (line) return Number(line);
  const position = /position (\d+)/.exec(message)?.[1];
  if (position) return text.slice(0, Number(position)).split("\n").length;
  return /end of JSON|Unterminated|Unexpected EOF/i.test(message) ? text.split("\n").length : null;
}
