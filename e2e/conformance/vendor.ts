import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { AppError } from "../../shared/app-error.ts";

const require = createRequire(import.meta.url);
const folder = join(import.meta.dirname, "node_modules");
const stamp = join(folder, ".patchbay-install");

/**
 * A file of a provider's package, e.g. `twilio/lib/webhooks/webhooks.js`: the file alone, since whole packages take long to load. `T`
 * says what of it is used; the packages' own types are not there before they are installed. Throws `unavailable` while they are not.
 */
export function vendor<T>(file: string): T {
  if (!existsSync(stamp)) throw new AppError("unavailable", "the providers' packages of e2e/conformance are not installed");
  return require(join(folder, file)) as T;
}
