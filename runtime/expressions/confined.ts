import { realpathSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * Node's arguments for a process that evaluates what people wrote: should an expression get out of JSONata, it can read code
 * alone, not the data or the key, and can write nothing and start no process. https://nodejs.org/api/permissions.html
 */
export function confinedArguments(): string[] {
  const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
  // The modules may be a link to another folder: both paths are looked at.
  const jsonata = dirname(realpathSync(fileURLToPath(import.meta.resolve("jsonata"))));
  const readable = [here("./"), here("../../package.json"), here("../../node_modules/"), `${dirname(jsonata)}/`];
  return ["--permission", ...readable.map((path) => `--allow-fs-read=${path}`)];
}
