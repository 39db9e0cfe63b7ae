import type { Json } from "../../shared/json.ts";

/** Replaces secrets wherever they turn up, in every form in which APIs echo them. */
export type Redactor = {
  /** True when `text` holds a secret in a form that needs no unescaping. Fast: this is asked of every answer. */
  finds(text: string): boolean;
  text(text: string): string;
  /** Keys and strings at any depth; a number that is a secret becomes text. */
  json(value: Json): Json;
};

const mask = "***";
/** Shorter values are not looked for: masking every "a" would destroy the answer and hide nothing. */
const shortest = 4;

export function createRedactor(secrets: string[]): Redactor {
  const known = [...new Set(secrets)].filter((secret) => secret.length >= shortest);
  // Longest first, so that a form is not cut in two by another that is its prefix.
  const forms = [...new Set(known.flatMap(formsOf))].sort((a, b) => b.length - a.length);
  let pattern: RegExp | null = null;

  function finds(text: string): boolean {
    for (const form of forms) if (text.includes(form)) return true;
    return false;
  }

  function text(value: string): string {
    if (!finds(value)) return value;
    pattern ??= new RegExp(forms.map(escapePattern).join("|"), "g");
    return value.replace(pattern, mask);
  }

  function json(value: Json): Json {
    if (typeof value === "string") return text(value);
    if (typeof value === "number") return finds(String(value)) ? mask : value;
    if (typeof value !== "object" || value === null) return value;
    if (Array.isArray(value)) return value.map(json);
    // fromEntries defines own properties, so a key "__proto__" stays plain data.
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [text(key), json(inner)]));
  }

  return { finds, text, json };
}

/** Hides what either hides. */
export function bothRedactors(first: Redactor, second: Redactor): Redactor {
  return {
    finds: (text) => first.finds(text) || second.finds(text),
    text: (text) => second.text(first.text(text)),
    json: (value) => second.json(first.json(value)),
  };
}

/** Plain, URL-encoded (both cases of the hex digits, and form encoding), JSON-escaped, and base64 in both alphabets. */
export function formsOf(secret: string): string[] {
  const encoded = encodeURIComponent(secret.toWellFormed());
  const form = new URLSearchParams([["", secret]]).toString().slice(1);
  const lower = (text: string) => text.replace(/%[0-9A-F]{2}/g, (hex) => hex.toLowerCase());
  return [
    secret,
    encoded,
    lower(encoded),
    form,
    lower(form),
    JSON.stringify(secret).slice(1, -1),
    Buffer.from(secret, "utf8").toString("base64"),
    Buffer.from(secret, "utf8").toString("base64url"),
    ...base64Forms(Buffer.from(secret, "utf8")),
  ];
}

/** Inside a longer base64 text (`user:password`) a secret starts at one of three alignments, and its border letters vary. */
function base64Forms(secret: Buffer): string[] {
  return [0, 1, 2].flatMap((shift) => {
    const bytes = Buffer.concat([Buffer.alloc(shift), secret]);
    const first = Math.ceil((shift * 8) / 6);
    const sure = Math.floor((bytes.length * 8) / 6);
    const standard = bytes.toString("base64").slice(first, sure);
    const url = bytes.toString("base64url").slice(first, sure);
    // Under six letters chance hits in ordinary text are likely.
    return standard.length < 6 ? [] : [standard, url];
  });
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
}
