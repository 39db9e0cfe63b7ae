/** What the process that runs code asks of the guest's realm. All of it runs inside QuickJS, under its limits. */
export type GuestTools = {
  console: object;
  /** The data of a JSON text, frozen through and through. */
  frozen(json: string): unknown;
  /** A value as JSON text; throws where it has none, or more than `maxLength` UTF-16 units. */
  written(value: unknown, maxLength: number): string;
  /** What was thrown, as the JSON of {name, message, stack}: each a text or null. */
  described(thrown: unknown): string;
};

/**
 * What code sees beside the language, made inside QuickJS before the code is: only the text of this function goes there, so it may name
 * nothing outside itself. It keeps what it needs of its realm, which the code may change afterwards. `print` is ours and takes texts.
 */
export function guest(print: (level: string, text: string) => void): GuestTools {
  const { parse, stringify } = JSON;
  const { freeze, keys } = Object;
  const { apply } = Reflect;
  const { slice } = String.prototype;
  const [AnyError, TooLong, toText] = [Error, RangeError, String];
  const longest = 65_536;

  function shown(value: unknown): string {
    if (typeof value === "string") return value;
    if (typeof value === "function") return "[function]";
    if (typeof value !== "object" || value === null) return toText(value);
    try {
      if (value instanceof AnyError) return `${value.name}: ${value.message}`;
      return stringify(value, (_, inner) => (typeof inner === "bigint" ? `${inner}n` : inner)) ?? "undefined";
    } catch {
      return "[an object that cannot be shown]";
    }
  }

  function line(level: string) {
    return (...values: unknown[]): void => {
      let text = "";
      for (let index = 0; index < values.length && text.length < longest; index++)
        text += (index === 0 ? "" : " ") + shown(values[index]);
      print(level, apply(slice, text, [0, longest]));
    };
  }

  const levels = { log: line("log"), info: line("info"), warn: line("warn"), error: line("error"), debug: line("debug") };
  const textOf = (value: unknown) => (typeof value === "string" ? apply(slice, value, [0, 4_000]) : null);
  return {
    console: freeze(levels),
    frozen(json) {
      const whole = parse(json);
      let left = { value: whole, next: null as unknown };
      while (left) {
        const { value, next } = left;
        left = next as typeof left;
        if (typeof value !== "object" || value === null) continue;
        freeze(value);
        const names = keys(value);
        for (let index = 0; index < names.length; index++) left = { value: value[names[index] as string], next: left };
      }
      return whole;
    },
    written(value, maxLength) {
      const json = stringify(value) ?? "null";
      if (json.length > maxLength) throw new TooLong("too long");
      return json;
    },
    described(thrown) {
      try {
        if (typeof thrown !== "object" || thrown === null) return stringify({ name: null, message: shown(thrown), stack: null });
        const { name, message, stack } = thrown as Record<string, unknown>;
        return stringify({ name: textOf(name), message: textOf(message) ?? shown(thrown), stack: textOf(stack) });
      } catch {
        return stringify({ name: null, message: "what was thrown cannot be shown", stack: null });
      }
    },
  };
}
