import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { confinedArguments } from "./confined.ts";

const project = fileURLToPath(new URL("../../", import.meta.url));

async function attempt(code: string): Promise<string> {
  const script = `try { ${code}; console.log("done") } catch (error) { console.log(error.code) }`;
  const { stdout } = await promisify(execFile)(process.execPath, [...confinedArguments(), "-e", script], { cwd: project });
  return stdout.trim();
}

test.each([
  ["reads the code that it runs", `fs.readFileSync("runtime/expressions/jsonata.process.ts")`, "done"],
  ["reads nothing of the machine", `fs.readdirSync(os.tmpdir())`, "ERR_ACCESS_DENIED"],
  ["reads nothing of the data folder", `fs.readdirSync("data")`, "ERR_ACCESS_DENIED"],
  ["writes nothing", `fs.writeFileSync("runtime/expressions/written.txt", "")`, "ERR_ACCESS_DENIED"],
  ["starts no process", `child_process.execFileSync(process.execPath, ["-v"])`, "ERR_ACCESS_DENIED"],
  ["starts no thread", `new worker_threads.Worker("", { eval: true })`, "ERR_ACCESS_DENIED"],
])("a confined process %s", async (_, code, expected) => {
  expect(await attempt(code)).toBe(expected);
});
