import type { FlowTest } from "../../../shared/flow/flow-test.ts";
import { formatSize } from "../../ui/format-size.ts";

/** As much as the server takes, with room for what is sent around it. */
const largestBytes = 8_000_000;

export type ReadTestFile = { outcome: "read"; test: FlowTest } | { outcome: "refused"; why: string };

/** Reads a chosen file as a flow test; one that is none is refused with the reason in words, before anything is sent. */
export async function readTestFile(chosen: File): Promise<ReadTestFile> {
  if (chosen.size > largestBytes) return refused(`“${chosen.name}” has ${formatSize(chosen.size)}: a test has at most 8 MB.`);
  const text = await chosen.text().catch(() => null);
  if (text === null) return refused(`“${chosen.name}” could not be read.`);
  const value = parsed(text);
  if (value === undefined) return refused(`“${chosen.name}” is not a JSON file.`);
  const { FlowTest } = await import("../../../shared/flow/flow-test.ts");
  const read = FlowTest.safeParse(value);
  if (!isTest(value)) return refused(`“${chosen.name}” is not a flow test: those are saved from a run that has ended.`);
  if (!read.success) {
    const [issue] = read.error.issues;
    return refused(
      `“${chosen.name}” is no valid flow test: ${issue ? `${issue.path.join(".")}: ${issue.message}` : "it is not"}.`,
    );
  }
  if (typeof read.data.flow === "string")
    return refused(`“${chosen.name}” only names its flow, “${read.data.flow}”: a test that is kept holds the whole flow.`);
  return { outcome: "read", test: read.data };
}

function isTest(value: unknown): boolean {
  return typeof value === "object" && value !== null && "patchbay" in value && value.patchbay === "flow-test";
}

function refused(why: string): ReadTestFile {
  return { outcome: "refused", why };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
