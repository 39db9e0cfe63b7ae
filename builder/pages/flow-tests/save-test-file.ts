import { freeNodeId } from "../../../shared/flow/copy-nodes.ts";
import type { FlowTest } from "../../../shared/flow/flow-test.ts";
import { saveFile } from "../../ui/save-file.ts";
import { notify } from "../../ui/toast.ts";

/** Gives a test as a file, and says what runs it. `name`: what the file is called after. */
export function saveTestFile(name: string, test: FlowTest): void {
  const file = `${freeNodeId(name, new Set())}.flowtest.json`;
  saveFile(file, `${JSON.stringify(test, null, 2)}\n`);
  notify("done", `The test was saved as ${file}`, `Run it with: npx patchbay test ${file}. It holds the data of its run.`);
}
