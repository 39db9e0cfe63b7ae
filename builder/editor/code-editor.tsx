import { useEffect, useRef } from "react";
import type { Json } from "../../shared/json.ts";
import { isDark, onThemeChange } from "../ui/theme.ts";
import { type CompletedPath, provideCompletions } from "./completions.ts";
import { type EditorLanguage, languageOf } from "./jsonata-language.ts";
import { json, monaco } from "./monaco.ts";

let editors = 0;

/** Monaco on one text. `paths` are completed; `schema` (JSON Schema) checks and completes JSON. */
export default function CodeEditor({
  label,
  language,
  value,
  paths,
  schema,
  onChange,
}: {
  label: string;
  language: EditorLanguage;
  value: string;
  paths: readonly CompletedPath[];
  schema?: Json | undefined;
  onChange: (value: string) => void;
}) {
  const place = useRef<HTMLDivElement>(null);
  const latest = useRef({ onChange, paths, value });
  latest.current = { onChange, paths, value };

  useEffect(() => {
    if (!place.current) return;
    editors++;
    const uri = monaco.Uri.parse(`inmemory://patchbay/${editors}.${language}`);
    const model = monaco.editor.createModel(latest.current.value, languageOf(language), uri);
    json.jsonDefaults.setDiagnosticsOptions({
      validate: true,
      enableSchemaRequest: false,
      schemas: schema === undefined ? [] : [{ uri: `${uri}.schema`, fileMatch: [uri.toString()], schema }],
    });
    const stopCompleting = provideCompletions(model, () => latest.current.paths);
    const editor = monaco.editor.create(place.current, {
      model,
      ariaLabel: label,
      theme: isDark() ? "vs-dark" : "vs",
      automaticLayout: true,
      fontFamily: "var(--font-mono)",
      fontSize: 12,
      lineNumbersMinChars: 3,
      minimap: { enabled: false },
      padding: { top: 8, bottom: 8 },
      scrollBeyondLastLine: false,
      quickSuggestions: { strings: true, other: true, comments: false },
      fixedOverflowWidgets: true,
      tabSize: 2,
      // Tab moves on, so that the keyboard is not caught in here.
      tabFocusMode: true,
      wordWrap: "on",
    });
    const changes = model.onDidChangeContent(() => latest.current.onChange(model.getValue()));
    const stopTheme = onThemeChange(() => monaco.editor.setTheme(isDark() ? "vs-dark" : "vs"));
    editor.focus();
    return () => {
      stopTheme();
      changes.dispose();
      stopCompleting();
      editor.dispose();
      model.dispose();
    };
  }, [label, language, schema]);

  return (
    // "nokey": the canvas behind takes the space bar for itself, except from input fields, and this is none to it.
    <div
      ref={place}
      data-testid="code-editor"
      className="nokey h-80 overflow-hidden rounded-control border border-line-control"
    />
  );
}
