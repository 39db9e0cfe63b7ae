import { lazy, Suspense, useState } from "react";
import type { Json } from "../../shared/json.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import type { DataRoot } from "./data-roots.ts";
import { parseJsonText } from "./json-text.ts";
import { JsonataResult } from "./jsonata-result.tsx";

const CodeEditor = lazy(() => import("../editor/code-editor.tsx"));

const descriptions = {
  json: "JSON. Type {{ inside a text to insert what an earlier step gave.",
  jsonata: "A JSONata expression over trigger and steps. It is evaluated when the step runs.",
  javascript: "The body of an async function: it sees inputs, and returns what the step gives. It has no network and no files.",
} as const;
const nouns = { json: "JSON", jsonata: "expression", javascript: "code" } as const;

/** A window with the code editor, which is loaded when it is opened: for JSON, one JSONata expression, or JavaScript. */
export default function CodeDialog({
  title,
  language,
  text: first,
  paths,
  schema,
  roots,
  onClose,
  onSave,
}: {
  title: string;
  language: "json" | "jsonata" | "javascript";
  text: string;
  /** Completed inside the text: `{{path}}` in JSON strings, bare in JSONata and JavaScript. */
  paths: readonly { path: string; type: string }[];
  schema?: Json | undefined;
  /** With these, a JSONata expression is tried as it is typed. */
  roots?: readonly DataRoot[];
  onClose: () => void;
  onSave: (text: string) => void;
}) {
  const [text, setText] = useState(first);
  const parsed = language === "json" ? parseJsonText(text) : null;
  const problem = parsed?.read === "problem" ? parsed.message : null;
  return (
    <Dialog
      open
      wide
      held={text !== first}
      onClose={onClose}
      title={title}
      description={descriptions[language]}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" disabled={problem !== null} onClick={() => onSave(text)}>
            Use this {nouns[language]}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <Suspense fallback={<Skeleton className="h-80" />}>
          <CodeEditor label={title} language={language} value={text} paths={paths} schema={schema} onChange={setText} />
        </Suspense>
        {problem && (
          <p role="alert" className="text-failed-text text-sm">
            {problem}
          </p>
        )}
        {language === "jsonata" && roots && <JsonataResult source={text} roots={roots} />}
      </div>
    </Dialog>
  );
}
