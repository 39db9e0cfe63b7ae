import { readFile } from "node:fs/promises";
import { AppError } from "../../shared/app-error.ts";
import { type Json, nestsTooDeep } from "../../shared/json.ts";

/** Reads a file as JSON. Throws `bad_request` with its path. */
export async function readJsonFile(path: string): Promise<Json> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    throw new AppError("bad_request", `${path} could not be opened: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
  if (nestsTooDeep(text)) throw new AppError("bad_request", `${path} nests too deep`);
  try {
    return JSON.parse(text) as Json;
  } catch (cause) {
    throw new AppError("bad_request", `${path} is not JSON`, { cause });
  }
}
