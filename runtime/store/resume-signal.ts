import type { Json } from "../../shared/json.ts";
import type { NewEvent, Signal } from "./engine-store.ts";

/** What an event with its key leaves for a waiting step: its body, which is JSON, since its key was found in it. */
export function resumeSignal({ id, body }: NewEvent, step: string): Signal {
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("utf8");
  return { kind: "resume", step, by: id, body: JSON.parse(text) as Json };
}
