import { createHash } from "node:crypto";
import type { BodyPart, RequestToSend } from "../../shared/connector/build-request.ts";
import type { Json } from "../../shared/json.ts";

/** A body as it goes over the wire, with the content type that it has unless the request says another; null for none. */
export type EncodedBody = { contentType: string; bytes: string | Buffer } | null;

/** Writes a request's body in its encoding. The same body always gives the same bytes, so that a repeated call is the same call. */
export function encodeBody({ body, encoding }: Pick<RequestToSend, "body" | "encoding">): EncodedBody {
  if (body === null) return null;
  switch (encoding) {
    case undefined:
      return { contentType: "application/json", bytes: JSON.stringify(body) };
    case "form":
      return { contentType: "application/x-www-form-urlencoded", bytes: String(body) };
    case "raw":
      return { contentType: "text/plain; charset=utf-8", bytes: String(body) };
    case "multipart":
      return multipart(body as BodyPart[]);
  }
}

/** RFC 7578. The boundary is a hash of the parts: it cannot be in them, and needs no chance. */
function multipart(parts: BodyPart[]): EncodedBody {
  const boundary = `patchbay-${createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 32)}`;
  const chunks = parts.flatMap((part) => [Buffer.from(`--${boundary}\r\n${headOf(part)}\r\n\r\n`), contentOf(part), lineEnd]);
  chunks.push(Buffer.from(`--${boundary}--\r\n`));
  return { contentType: `multipart/form-data; boundary=${boundary}`, bytes: Buffer.concat(chunks) };
}

const lineEnd = Buffer.from("\r\n");

function headOf(part: BodyPart): string {
  const file = "file" in part ? part.file : null;
  const disposition = `Content-Disposition: form-data; name="${quoted(part.name)}"`;
  const type = file ? (file.type ?? "application/octet-stream") : "type" in part ? part.type : undefined;
  const lines = [file ? `${disposition}; filename="${quoted(file.name)}"` : disposition];
  if (type !== undefined) lines.push(`Content-Type: ${type.replace(/[^\x20-\x7e]/g, "")}`);
  return lines.join("\r\n");
}

function contentOf(part: BodyPart): Buffer {
  if (!("file" in part)) return Buffer.from(part.value);
  return "text" in part.file ? Buffer.from(part.file.text) : Buffer.from(part.file.base64, "base64");
}

/** WHATWG HTML, multipart/form-data encoding: these three end a quoted name. */
function quoted(name: string): string {
  return name.replaceAll("\r", "%0D").replaceAll("\n", "%0A").replaceAll('"', "%22");
}

/** Puts a credential into a body as one more field; a problem, in words, where the body has no fields. */
export function withField(
  { body, encoding }: Pick<RequestToSend, "body" | "encoding">,
  { name, value }: { name: string; value: string },
): { body: Json } | { problem: string } {
  if (encoding === "form") {
    const pair = new URLSearchParams([[name, value]]).toString();
    return { body: body === null || body === "" ? pair : `${String(body)}&${pair}` };
  }
  if (encoding === "multipart") return { body: [...((body ?? []) as Json[]), { name, value }] };
  if (encoding === "raw" || (body !== null && (typeof body !== "object" || Array.isArray(body))))
    return { problem: "the API key goes into the body, which has no fields" };
  return { body: { ...body, [name]: value } };
}
