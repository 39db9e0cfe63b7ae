import type { Json } from "../json.ts";
import type { BodyPart, RequestToSend } from "./build-request.ts";

/** A request as it was sent, its secrets masked. */
export type ShownRequest = Pick<RequestToSend, "method" | "url" | "headers" | "encoding"> & { body: Json };

/** The request as a cURL command for a POSIX shell. What was masked stays masked. */
export function curlCommand({ method, url, headers, body, encoding }: ShownRequest): string {
  const parts = [`curl -X ${method} ${quoted(url)}`];
  // curl writes these itself, from what it sends.
  for (const [name, value] of Object.entries(headers))
    if (!/^(accept-encoding|content-length|host)$/i.test(name) && !(encoding === "multipart" && /^content-type$/i.test(name)))
      parts.push(`-H ${quoted(`${name}: ${value}`)}`);
  if (encoding === "multipart") parts.push(...((body ?? []) as BodyPart[]).map(formPart));
  else if (body !== null) parts.push(`--data-raw ${quoted(encoding === undefined ? JSON.stringify(body) : String(body))}`);
  return parts.join(" \\\n  ");
}

function formPart(part: BodyPart): string {
  return "file" in part
    ? `-F ${quoted(`${part.name}=@${part.file.name}`)}`
    : `--form-string ${quoted(`${part.name}=${part.value}`)}`;
}

/** In single quotes nothing has a meaning but the quote itself. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
