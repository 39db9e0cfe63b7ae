import { useMutation } from "@tanstack/react-query";
import { clsx } from "clsx";
import { FileUp } from "lucide-react";
import { useId, useState } from "react";
import type { ImportReport } from "../../../shared/connector/import-report.ts";
import { call } from "../../api/client.ts";
import { explain } from "../../api/explain.ts";
import { importSpecification } from "../../api/routes.ts";
import { Button } from "../../ui/button.tsx";
import { Field } from "../../ui/field.tsx";
import { formatSize } from "../../ui/format-size.ts";
import { TextArea } from "../../ui/input.tsx";
import { ProblemLine } from "../../ui/problem-line.tsx";

const largestBytes = 20 * 1024 * 1024;

/** Takes an OpenAPI file: chosen, dropped or pasted. A file that cannot be read is named with place and reason, and changes nothing. */
export function ImportSpecification({ onImported }: { onImported: (made: { import: string; report: ImportReport }) => void }) {
  const id = useId();
  const [over, setOver] = useState(false);
  const [pasting, setPasting] = useState(false);
  const [text, setText] = useState("");
  const [tooLarge, setTooLarge] = useState<string | null>(null);
  const read = useMutation({
    mutationFn: (specification: string) => call(importSpecification, { body: { text: specification } }),
    onSuccess(made) {
      // What was pasted stays, and makes room for the report.
      setPasting(false);
      onImported(made);
    },
  });

  async function take(file: File | undefined): Promise<void> {
    if (!file) return;
    const tooMuch = file.size > largestBytes;
    setTooLarge(tooMuch ? `“${file.name}” has ${formatSize(file.size)}: at most 20 MB can be imported` : null);
    if (!tooMuch) read.mutate(await file.text());
  }

  return (
    <section aria-label="API specification" className="flex flex-col gap-3">
      <h2 className="font-semibold text-base">API specification</h2>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping is the mouse's way; the button inside is everybody's */}
      <div
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          void take(event.dataTransfer.files[0]);
        }}
        className={clsx(
          "flex flex-col items-center gap-3 rounded-card border border-dashed px-6 py-8 text-center",
          over ? "border-accent bg-accent-tint" : "border-line-control",
        )}
      >
        <FileUp aria-hidden="true" className="size-6 text-muted" />
        <p className="text-sm">Drop an OpenAPI file here: JSON or YAML, version 3.0 or 3.1, at most 20 MB.</p>
        <div className="flex gap-2">
          <label
            htmlFor={id}
            className="inline-flex h-8 cursor-pointer items-center rounded-control border border-line-strong bg-raised px-3 font-medium text-sm shadow-raised hover:bg-hover has-[:focus-visible]:outline-2 has-[:focus-visible]:outline-accent has-[:focus-visible]:outline-offset-2"
          >
            {read.isPending ? "Reading …" : "Choose a file"}
            <input
              id={id}
              type="file"
              accept=".json,.yaml,.yml,application/json,application/yaml"
              className="sr-only"
              disabled={read.isPending}
              onChange={(event) => {
                void take(event.target.files?.[0]);
                // The same file may be chosen again after it was put right.
                event.target.value = "";
              }}
            />
          </label>
          <Button look="quiet" aria-expanded={pasting} onClick={() => setPasting(!pasting)}>
            Paste text
          </Button>
        </div>
      </div>
      {pasting && (
        <div className="flex flex-col items-start gap-2">
          <div className="w-full">
            <Field label="Specification">
              {(control) => (
                <TextArea {...control} mono className="max-h-72" value={text} onChange={(event) => setText(event.target.value)} />
              )}
            </Field>
          </div>
          <Button disabled={text.trim() === ""} busy={read.isPending} onClick={() => read.mutate(text)}>
            Import
          </Button>
        </div>
      )}
      {tooLarge && <ProblemLine text={tooLarge} />}
      {read.error && !tooLarge && <ProblemLine text={explain(read.error).why} />}
    </section>
  );
}
