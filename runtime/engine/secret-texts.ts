import { formsOf } from "../outbound/redact.ts";

/** Texts that are secret, and the forms in which they turn up in others: URL-encoded, JSON-escaped, in base64. */
export type SecretTexts = {
  /** Takes note of one; of those too short to be told from chance it does nothing. */
  add(text: string): void;
  has(text: string): boolean;
  foundIn(text: string): boolean;
  /** The text with each of them masked, and with what a sentence shows of one that it has cut. */
  mask(text: string): string;
};

const mask = "***";
/** Shorter texts turn up by chance. */
const shortest = 4;
/** Sentences show long values cut: so much of a secret's beginning is told from chance. */
const leastPart = 12;
/** Up to so many forms looking for each by itself is faster. */
const fewForms = 64;

/** However many there are, looking through a text costs a look-up for each of its characters at most. */
export function createSecretTexts(): SecretTexts {
  const known = new Set<string>();
  const forms: string[] = [];
  /** By their first characters. */
  const byStart = new Map<string, string[]>();

  function formsAt(text: string, at: number): string[] {
    return byStart.get(text.slice(at, at + shortest))?.filter((form) => text.startsWith(form, at)) ?? [];
  }

  /** How many characters from there are secret: a whole form, or the beginning of one whose rest was cut off. */
  function secretAt(text: string, at: number): number {
    let longest = 0;
    for (const form of byStart.get(text.slice(at, at + shortest)) ?? []) {
      let same = shortest;
      while (same < form.length && form.charCodeAt(same) === text.charCodeAt(at + same)) same += 1;
      if (same === form.length || same >= leastPart) longest = Math.max(longest, same);
    }
    return longest;
  }

  function foundIn(text: string): boolean {
    if (forms.length <= fewForms) return forms.some((form) => text.includes(form));
    for (let at = 0; at + shortest <= text.length; at += 1) if (formsAt(text, at).length > 0) return true;
    return false;
  }

  return {
    add(text) {
      if (text.length < shortest || known.has(text)) return;
      known.add(text);
      for (const form of new Set(formsOf(text))) {
        const start = form.slice(0, shortest);
        forms.push(form);
        const others = byStart.get(start);
        if (others) others.push(form);
        else byStart.set(start, [form]);
      }
    },
    has: (text) => known.has(text),
    foundIn,
    mask(text) {
      let masked = "";
      for (let at = 0; at < text.length; ) {
        const length = secretAt(text, at);
        masked += length === 0 ? text.charAt(at) : mask;
        at += length || 1;
      }
      return masked;
    },
  };
}
