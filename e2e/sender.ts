import { type Agent, request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { signedHeaders } from "../runtime/testing/test-hook.ts";

/** A provider that signs as `testRecipe` says. */
export type Signed = { id: string; headers: Record<string, string>; body: string };

export function sign(secret: string, id: string, payload: unknown, now = Date.now()): Signed {
  const body = JSON.stringify(payload);
  const headers = { ...signedHeaders(secret, id, body, now), "Content-Length": String(Buffer.byteLength(body)) };
  return { id, headers, body };
}

type ToPost = Pick<Signed, "headers" | "body"> & { signal?: AbortSignal };

export type Answer = { status: number; headers: IncomingHttpHeaders; text: string };

/** Posts once. Rejects when the connection breaks, as it does when the server is killed, and when `signal` ends the waiting. */
export function post(url: string, { headers, body, signal }: ToPost, agent?: Agent): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { method: "POST", headers, agent, signal }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        text += chunk;
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
      response.on("error", reject);
      response.on("close", () => reject(response.errored));
    });
    request.on("error", reject);
    request.end(body);
  });
}
