import { completionAt, jsonataPath, pathAround } from "../panels/expression-text.ts";
import { monaco } from "./monaco.ts";

export type CompletedPath = { path: string; type: string; optional?: boolean };

/**
 * Completes paths in one model, and says of what kind they are under the pointer: inside `{{ … ` of JSON strings, and anywhere in JSONata.
 * Gives what ends it.
 */
export function provideCompletions(model: monaco.editor.ITextModel, paths: () => readonly CompletedPath[]): () => void {
  const language = model.getLanguageId();
  const jsonata = language === "jsonata";
  const written = (path: string) => (jsonata ? jsonataPath(path) : path);
  const completing = monaco.languages.registerCompletionItemProvider(language, {
    triggerCharacters: ["{", ".", "$"],
    provideCompletionItems(asked, position) {
      if (asked !== model) return { suggestions: [] };
      const line = asked.getLineContent(position.lineNumber).slice(0, position.column - 1);
      const typed = jsonata ? { query: /[\w.$[\]`-]*$/.exec(line)?.[0] ?? "" } : completionAt(line, line.length);
      if (!typed) return { suggestions: [] };
      const range = new monaco.Range(
        position.lineNumber,
        position.column - typed.query.length,
        position.lineNumber,
        position.column,
      );
      const suggestions = paths().map((known) => {
        const text = written(known.path);
        return {
          label: { label: text, description: typeText(known) },
          insertText: text,
          filterText: text,
          kind: monaco.languages.CompletionItemKind.Variable,
          range,
        };
      });
      return { suggestions };
    },
  });
  const hovering = monaco.languages.registerHoverProvider(language, {
    provideHover(asked, { lineNumber, column }) {
      if (asked !== model) return null;
      const around = pathAround(asked.getLineContent(lineNumber), column - 1, jsonata);
      const known = around && paths().find(({ path }) => written(path) === around.path);
      if (!known) return null;
      const range = new monaco.Range(lineNumber, around.start + 1, lineNumber, around.end + 1);
      return { range, contents: [{ value: typeText(known) }] };
    },
  });
  return () => {
    completing.dispose();
    hovering.dispose();
  };
}

function typeText({ type, optional }: CompletedPath): string {
  return optional ? `${type}, may be missing` : type;
}
