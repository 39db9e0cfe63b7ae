import { request } from "node:http";
import { AppError } from "../../../shared/app-error.ts";
import { isLoopback } from "./webhooks.ts";

/** What came of one POST: the target's status, or why there is none. */
export type Posted = { status: number } | { status: null; reason: string };

const timeoutMs = 10_000;

/**
 * Posts JSON once: the documents name no retry. Only to this machine, so that a sandbox that others can reach is no means to call
 * addresses that they cannot.
 */
export function postJson(targetUrl: string, headers: Record<string, string>, body: object): Promise<Posted> {
  const url = new URL(targetUrl);
  if (!isLoopback(url)) return Promise.resolve({ status: null, reason: "the sandbox only posts to http on this machine" });
  const bytes = Buffer.from(JSON.stringify(body));
  return new Promise((resolve) => {
    const sent = request(url, {
      method: "POST",
      headers: { "Content-Type": "application/json", "Content-Length": bytes.length, ...headers },
      timeout: timeoutMs,
      // A sandbox that is stopped leaves no idle connection behind.
      agent: false,
    });
    sent.on("response", (response) => {
      response.resume();
      response.on("close", () => resolve({ status: response.statusCode ?? 0 }));
    });
    sent.on("timeout", () => sent.destroy(new AppError("unavailable", "no answer within 10 s")));
    sent.on("error", ({ message }) => resolve({ status: null, reason: message }));
    sent.end(bytes);
  });
}
