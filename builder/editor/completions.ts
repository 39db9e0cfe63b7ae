import { completionAt, jsonataPath } from "../panels/expression-text.ts";
import { monaco } from "./monaco.ts";

export type CompletedPath = { path: string; type: string };

/** Completes paths in one model: inside `{{ … ` of JSON strings, and anywhere in JSONata and JavaScript. Gives what ends it. */
export function provideCompletions(model: monaco.editor.ITextModel, paths: () => readonly CompletedPath[]): () => void {
  const language = model.getLanguageId();
  const provider = monaco.languages.registerCompletionItemProvider(language, {
    triggerCharacters: ["{", ".", "$"],
    provideCompletionItems(asked, position) {
      if (asked !== model) return { suggestions: [] };
      const line = asked.getLineContent(position.lineNumber).slice(0, position.column - 1);
      const jsonata = language === "jsonata";
      const typed = language !== "json" ? { query: /[\w.$[\]`-]*$/.exec(line)?.[0] ?? "" } : completionAt(line, line.length);
      if (!typed) return { suggestions: [] };
      const range = new monaco.Range(
        position.lineNumber,
        position.column - typed.query.length,
        position.lineNumber,
        position.column,
      );
      const suggestions = paths().map(({ path, type }) => {
        const text = jsonata ? jsonataPath(path) : path;
        return {
          label: { label: text, description: type },
          insertText: text,
          filterText: text,
          kind: monaco.languages.CompletionItemKind.Variable,
          range,
        };
      });
      return { suggestions };
    },
  });
  return () => provider.dispose();
}
