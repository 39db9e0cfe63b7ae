import { disableTypes, imageSize, types } from "image-size";
import type { LogoFacts } from "../../shared/connector/check-logo.ts";
import type { Logo } from "../../shared/connector/logo.ts";

// Readers of formats that no logo may have are never reached.
disableTypes(types.filter((type) => !["png", "gif", "svg"].includes(type)));

const pngStart = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** What the bytes are, whatever the file was called: format, length, and the size in pixels that the picture says. */
export function logoFacts(bytes: Buffer): LogoFacts {
  const svg = svgRoot(bytes);
  const media = svg === null ? rasterMedia(bytes) : "image/svg+xml";
  return { media, bytes: bytes.length, size: media === null ? null : sizeOf(svg ?? bytes) };
}

function rasterMedia(bytes: Buffer): Logo["media"] | null {
  if (bytes.subarray(0, 8).equals(pngStart)) return "image/png";
  return /^GIF8[79]a$/.test(bytes.toString("latin1", 0, 6)) ? "image/gif" : null;
}

/** Its `<svg …>` and all that follows; null when something else than prolog, comments and a document type comes before it. */
function svgRoot(bytes: Buffer): Buffer | null {
  let text = bytes
    .toString("utf8")
    .replace(/^\ufeff/, "")
    .trimStart();
  for (const [start, end] of [
    ["<?xml", "?>"],
    ["<!--", "-->"],
    ["<!DOCTYPE", ">"],
    ["<!--", "-->"],
  ] as const)
    while (text.slice(0, start.length).toUpperCase() === start.toUpperCase()) {
      const at = text.indexOf(end);
      if (at < 0) return null;
      text = text.slice(at + end.length).trimStart();
    }
  if (!/^<svg[\s>]/.test(text)) return null;
  // SVG 2, 8.2: the numbers of a viewBox may be separated by commas, which the reader does not know.
  const [root = ""] = /^<svg[^>]*>/.exec(text) ?? [];
  const spaced = root.replace(/\sviewBox=(["'])([^"']*)\1/, (_, quote: string, box: string) => {
    const numbers = box.trim().split(/[\s,]+/);
    return ` viewBox=${quote}${numbers.join(" ")}${quote}`;
  });
  return Buffer.from(spaced);
}

function sizeOf(picture: Buffer): LogoFacts["size"] {
  try {
    const { width, height } = imageSize(picture);
    return Number.isFinite(width) && Number.isFinite(height) && width > 0 && height > 0 ? { width, height } : null;
  } catch {
    // Cut off, or a size in words: it has none that can be held to the rule.
    return null;
  }
}
