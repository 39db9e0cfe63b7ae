import type { FlowNode } from "../../shared/flow/node.ts";
import { formatDuration } from "../ui/format-time.ts";
import { readable } from "./readable.ts";

/** Steps that call no connector and hold no rule. */
export type ControlNode = Extract<
  FlowNode,
  {
    kind: "http" | "code" | "for-each" | "try" | "delay" | "wait" | "approval" | "sub-flow" | "key-value" | "once" | "stop";
  }
>;

const operations = { get: "Read", put: "Write", increment: "Count up", delete: "Delete" } as const;

/** The second line of such a node: what it asks for, runs through, waits for, keeps. */
export function describeControl(node: ControlNode): string {
  switch (node.kind) {
    case "http":
      return node.url === "" ? `${node.method}, no URL yet` : `${node.method} ${readableText(node.url)}`;
    case "code":
      return describeCode(node.code);
    case "for-each":
      return node.items === "" ? "No list yet" : `Each of ${readable(node.items)}${atATime(node.concurrency)}`;
    case "try":
      return "A failure inside leaves by “error”";
    case "delay":
      return node.until === undefined ? `Wait ${spanWords(node.delayMs)}` : `Wait until ${readableText(node.until)}`;
    case "wait":
      return `${node.correlation ? "An event" : "A call of its URL"}, at most ${spanWords(node.deadlineMs)}`;
    case "approval":
      return `“${readableText(node.title)}”, at most ${spanWords(node.deadlineMs)}`;
    case "sub-flow":
      return node.flow === "" ? "No flow yet" : node.mode === "wait" ? "Runs a flow and waits for it" : "Starts a flow";
    case "key-value":
      return `${operations[node.operation]} ${readableText(node.key)}`;
    case "once":
      return `${readableText(node.key)}, once in ${formatDuration(node.windowMs)}`;
    case "stop":
      return `Ends the run as ${node.status}`;
  }
}

function atATime(concurrency: number): string {
  return concurrency === 1 ? "" : `, ${concurrency} at a time`;
}

/** The first line that says something; a comment does, when it comes first. */
function describeCode(code: string): string {
  const line = code.split("\n").find((each) => each.trim() !== "");
  return line === undefined ? "No code yet" : line.trim().replace(/^\/\/\s*/, "");
}

function spanWords(span: number | string): string {
  return typeof span === "number" ? formatDuration(span) : readableText(span);
}

/** A text field is shown without quotes around it. */
function readableText(text: string): string {
  return text.includes("{{") ? readable(text) : text;
}
