import { createRequire } from "node:module";
import { join } from "node:path";

const require = createRequire(import.meta.url);

/**
 * A file of a provider's package, e.g. `twilio/lib/webhooks/webhooks.js`: the file alone, since whole packages take long to load. `T`
 * says what of it is used; the packages' own types are not there before they are installed.
 */
export function vendor<T>(file: string): T {
  return require(join(import.meta.dirname, "node_modules", file)) as T;
}
