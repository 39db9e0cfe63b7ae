import { parsePath, readPath } from "../../shared/flow/expression.ts";
import type { Json } from "../../shared/json.ts";
import type { JournalValues } from "../../shared/run/journal.ts";
import type { RunError } from "../../shared/run/run.ts";
import { isSealed } from "../../shared/run/sealed-value.ts";
import { createSecretTexts } from "./secret-texts.ts";
import { mapInside, type ValueSealer } from "./secret-values.ts";

/** What of one run is secret: values that its trigger and its steps have marked, wherever they turn up later. */
export type RunSecrets = {
  /** Takes note of what an output has at the paths that its node marks. */
  mark(output: Json | undefined, paths: readonly string[]): void;
  /** Values as they are stored: what is secret is sealed. The same values when nothing is. */
  hide(values: JournalValues): JournalValues;
  /** A value as it is stored where all of it counts as secret. */
  seal(value: Json): Json;
  /** Values as they were before they were stored; what was sealed counts as secret from then on. */
  reveal(values: JournalValues): JournalValues;
  /** A sentence for people, in which what is secret is masked: it is stored and shown as it is. */
  text(text: string): string;
  /** An error with such a sentence; the same one when it tells nothing. */
  error(error: RunError): RunError;
};

/** Our own names: what a request has beside its values is no secret, whatever somebody's password is. */
const framed: ReadonlySet<string> = new Set(["request", "response", "console"]);

export function createRunSecrets(sealer: ValueSealer, workspace: string): RunSecrets {
  const texts = createSecretTexts();
  const numbers = new Set<number>();
  const wholes = new WeakSet<object>();
  /** Fields that are secret by their place: texts too short to be looked for, yes and no. */
  const fields = new WeakMap<object, Set<string>>();
  let any = false;

  function note(value: Json): void {
    any = true;
    if (typeof value === "string") texts.add(value);
    else if (typeof value === "number") {
      numbers.add(value);
      texts.add(String(value));
    } else if (typeof value === "object" && value !== null) {
      wholes.add(value);
      for (const inner of Object.values(value)) note(inner);
    }
  }

  function noteField(within: object, key: string | number): void {
    fields.set(within, (fields.get(within) ?? new Set()).add(String(key)));
  }

  function isSecret(value: Json): boolean {
    if (typeof value === "string") return texts.foundIn(value);
    if (typeof value === "number") return numbers.has(value) || texts.has(String(value));
    return typeof value === "object" && value !== null && wholes.has(value);
  }

  function hideIn(value: Json, isFrame = false): Json {
    if (isSecret(value) || (!isFrame && hasSecretKey(value))) return sealer.seal(workspace, value);
    const places = typeof value === "object" && value !== null ? fields.get(value) : undefined;
    return mapInside(value, (inner, key) => (places?.has(key) ? sealer.seal(workspace, inner) : hideIn(inner)));
  }

  function hasSecretKey(value: Json): boolean {
    return typeof value === "object" && value !== null && !Array.isArray(value) && Object.keys(value).some(texts.foundIn);
  }

  function revealIn(value: Json): Json {
    if (isSealed(value)) {
      const opened = sealer.open(workspace, value);
      if (opened !== value) note(opened);
      return opened;
    }
    const sealed: string[] = [];
    const revealed = mapInside(value, (inner, key) => {
      if (isSealed(inner)) sealed.push(key);
      return revealIn(inner);
    });
    if (typeof revealed === "object" && revealed !== null) for (const key of sealed) noteField(revealed, key);
    return revealed;
  }

  function text(given: string): string {
    return any ? texts.mask(given) : given;
  }

  return {
    mark(output, paths) {
      for (const path of paths) {
        const keys = parsePath(path);
        const found = keys && output !== undefined ? (readPath(output, keys) as Json | undefined) : undefined;
        if (!keys || found === undefined || found === null) continue;
        note(found);
        const last = keys.at(-1);
        const within = readPath(output, keys.slice(0, -1));
        if (last !== undefined && typeof within === "object" && within !== null) noteField(within, last);
      }
    },
    hide: (values) => (any ? mapValues(values, (value, name) => hideIn(value, framed.has(name))) : values),
    seal(value) {
      any = true;
      return sealer.seal(workspace, value);
    },
    reveal: (values) => mapValues(values, revealIn),
    text,
    error(error) {
      const message = text(error.message);
      return message === error.message ? error : { ...error, message };
    },
  };
}

function mapValues(values: JournalValues, change: (value: Json, name: string) => Json): JournalValues {
  const entries = Object.entries(values).map(([name, value]) => [name, value === undefined ? undefined : change(value, name)]);
  return Object.fromEntries(entries) as JournalValues;
}
