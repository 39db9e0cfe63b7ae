/** A command as the words that a shell would make of it (POSIX quoting, `$'…'`, and the ^ and ` of Windows' shells at line ends); null: a quote is open. */
export function splitWords(text: string): string[] | null {
  const words: string[] = [];
  let word = "";
  let begun = false;
  let at = 0;
  const end = () => {
    if (begun) words.push(word);
    [word, begun] = ["", false];
  };
  while (at < text.length) {
    const quoted = quotedAt(text, at);
    if (quoted === null) return null;
    if (quoted) {
      [word, begun, at] = [word + quoted.value, true, quoted.end];
      continue;
    }
    const character = text[at] ?? "";
    const continued = /^[\\^`][ \t]*\r?\n/.exec(text.slice(at, at + 20));
    if (continued) {
      at += continued[0].length;
      continue;
    }
    if (/\s/.test(character)) end();
    else if (/[;&|]/.test(character)) {
      // What follows is another command.
      break;
    } else {
      const escaped = character === "\\" && at + 1 < text.length;
      [word, begun] = [word + (escaped ? text[at + 1] : character), true];
      if (escaped) at += 1;
    }
    at += 1;
  }
  end();
  return words;
}

type Quoted = { value: string; end: number };

/** False where no quote begins, null where one does not end. */
function quotedAt(text: string, at: number): Quoted | false | null {
  const rest = text[at];
  if (rest === "'") {
    const end = text.indexOf("'", at + 1);
    return end < 0 ? null : { value: text.slice(at + 1, end), end: end + 1 };
  }
  const ansi = rest === "$" && text[at + 1] === "'";
  if (rest !== '"' && !ansi) return false;
  const close = ansi ? "'" : '"';
  let value = "";
  for (let index = at + (ansi ? 2 : 1); index < text.length; index += 1) {
    const character = text[index] ?? "";
    if (character === close) return { value, end: index + 1 };
    if (character !== "\\") value += character;
    else {
      index += 1;
      value += escapedIn(text[index] ?? "", ansi);
    }
  }
  return null;
}

/** In double quotes a backslash stands for itself, except before these. */
function escapedIn(character: string, ansi: boolean): string {
  if (!ansi) return /["\\$`]/.test(character) ? character : character === "\n" ? "" : `\\${character}`;
  const known: Record<string, string> = { n: "\n", t: "\t", r: "\r" };
  return known[character] ?? character;
}
