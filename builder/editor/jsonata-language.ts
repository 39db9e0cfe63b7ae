import { monaco } from "./monaco.ts";

export type EditorLanguage = "json" | "jsonata" | "javascript";

let known = false;

/** Monaco's name of a language; JSONata is made known to it the first time. */
export function languageOf(language: EditorLanguage): string {
  if (language === "jsonata" && !known) {
    known = true;
    register();
  }
  return language;
}

/** Enough of JSONata's grammar for colours and brackets (docs.jsonata.org). */
function register(): void {
  monaco.languages.register({ id: "jsonata" });
  monaco.languages.setLanguageConfiguration("jsonata", {
    brackets: [
      ["{", "}"],
      ["[", "]"],
      ["(", ")"],
    ],
    autoClosingPairs: [
      { open: "{", close: "}" },
      { open: "[", close: "]" },
      { open: "(", close: ")" },
      { open: '"', close: '"' },
    ],
  });
  monaco.languages.setMonarchTokensProvider("jsonata", {
    tokenizer: {
      root: [
        [/\/\*/, "comment", "@comment"],
        [/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/, "string"],
        [/`[^`]*`/, "variable"],
        [/\b(?:and|or|in|true|false|null|function)\b/, "keyword"],
        [/\$[A-Za-z_]\w*/, "type"],
        [/-?\d+(?:\.\d+)?/, "number"],
        [/[A-Za-z_]\w*/, "variable"],
      ],
      comment: [
        [/\*\//, "comment", "@pop"],
        [/./, "comment"],
      ],
    },
  });
}
