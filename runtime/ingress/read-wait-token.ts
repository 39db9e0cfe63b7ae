import { macLength, type WaitLinks, type WaitPlace } from "../engine/wait-links.ts";
import { decodeStrict, sameBytes } from "./verify/constant-time.ts";

/** Workspace, run and step are three ids; a step's key is at most as long as a node's name and its iteration path. */
const longestToken = 1_000;

/** The step that a token is for; null when it is not one of ours, whole and unchanged. */
export function readWaitToken(links: Pick<WaitLinks, "token">, token: string): WaitPlace | null {
  if (token.length <= macLength || token.length > longestToken) return null;
  const place = readPlace(token.slice(macLength));
  // The whole text is compared, so that there is one token for a step and no second spelling of it.
  return place !== null && sameBytes(Buffer.from(links.token(place)), Buffer.from(token)) ? place : null;
}

function readPlace(text: string): WaitPlace | null {
  const bytes = decodeStrict(text, "base64url");
  const parsed = bytes && parseJson(bytes.toString("utf8"));
  if (!Array.isArray(parsed) || parsed.length !== 3 || !parsed.every((part) => typeof part === "string")) return null;
  const [workspace = "", run = "", step = ""] = parsed;
  return { workspace, run, step };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
