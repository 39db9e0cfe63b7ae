import { useMutation } from "@tanstack/react-query";
import { clsx } from "clsx";
import { FileUp } from "lucide-react";
import { useId, useState } from "react";
import { explain } from "../../api/explain.ts";
import { type ImportProgress, type ImportSource, type ReadFile, readImport } from "../../api/read-import.ts";
import { Button } from "../../ui/button.tsx";
import { Field } from "../../ui/field.tsx";
import { formatSize } from "../../ui/format-size.ts";
import { Input, TextArea } from "../../ui/input.tsx";
import { ProblemLine } from "../../ui/problem-line.tsx";
import { ImportProgressBar } from "./import-progress-bar.tsx";

const largestBytes = 30 * 1024 * 1024;

/** What is opened below the drop area. */
type Way = "text" | "url" | null;

/**
 * Takes the description of an API: a file chosen or dropped, its text, or its address. One that cannot be read is named with place
 * and reason, and changes nothing.
 */
export function ImportSpecification({ onImported }: { onImported: (file: ReadFile) => void }) {
  const [way, setWay] = useState<Way>(null);
  const [tooLarge, setTooLarge] = useState<string | null>(null);
  const [progress, setProgress] = useState<ImportProgress | null>(null);
  const read = useMutation({
    mutationFn: (source: ImportSource) => readImport(source, setProgress),
    onSuccess(result) {
      if (result.outcome === "refused") return;
      // What was pasted stays, and makes room for the report.
      setWay(null);
      onImported(result.file);
    },
    onSettled: () => setProgress(null),
  });
  const problem =
    tooLarge ?? (read.error ? explain(read.error).why : read.data?.outcome === "refused" ? read.data.message : null);

  function take(file: File): void {
    const tooMuch = file.size > largestBytes;
    setTooLarge(tooMuch ? `“${file.name}” has ${formatSize(file.size)}: at most 30 MB can be imported` : null);
    if (!tooMuch) read.mutate({ file });
  }

  function takeSource(source: ImportSource): void {
    setTooLarge(null);
    read.mutate(source);
  }

  return (
    <section aria-label="Import a specification" className="flex flex-col gap-3">
      <DropArea busy={read.isPending} way={way} onFile={take} onWay={(next) => setWay(way === next ? null : next)} />
      {way === "text" && <PasteText busy={read.isPending} onTake={(text) => takeSource({ file: new Blob([text]) })} />}
      {way === "url" && <GiveUrl busy={read.isPending} onTake={(url) => takeSource({ url })} />}
      {progress && <ImportProgressBar {...progress} />}
      {problem !== null && !read.isPending && <ProblemLine text={problem} />}
    </section>
  );
}

type DropAreaProps = { busy: boolean; way: Way; onFile: (file: File) => void; onWay: (way: Way) => void };

function DropArea({ busy, way, onFile, onWay }: DropAreaProps) {
  const id = useId();
  const [over, setOver] = useState(false);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is the mouse's way; the button inside is everybody's
    <div
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        const file = event.dataTransfer.files[0];
        if (file && !busy) onFile(file);
      }}
      className={clsx(
        "flex flex-col items-center gap-3 rounded-card border border-dashed px-6 py-8 text-center",
        over ? "border-accent bg-accent-tint" : "border-line-control",
      )}
    >
      <FileUp aria-hidden="true" className="size-6 text-muted" />
      <p className="text-balance text-sm">
        Drop an OpenAPI 3.0 or 3.1 file here (JSON or YAML), or a Postman collection. At most 30 MB.
      </p>
      <div className="flex flex-wrap justify-center gap-2">
        <label
          htmlFor={id}
          className="inline-flex h-8 cursor-pointer items-center rounded-control border border-line-strong bg-raised px-3 font-medium text-sm shadow-raised hover:bg-hover has-[:focus-visible]:outline-2 has-[:focus-visible]:outline-accent has-[:focus-visible]:outline-offset-2"
        >
          {busy ? "Reading …" : "Choose a file"}
          <input
            id={id}
            type="file"
            accept=".json,.yaml,.yml,.txt,application/json,application/yaml"
            className="sr-only"
            disabled={busy}
            onChange={(event) => {
              const file = event.target.files?.[0];
              if (file) onFile(file);
              // The same file may be chosen again after it was put right.
              event.target.value = "";
            }}
          />
        </label>
        <Button look="quiet" aria-expanded={way === "text"} onClick={() => onWay("text")}>
          Paste text
        </Button>
        <Button look="quiet" aria-expanded={way === "url"} onClick={() => onWay("url")}>
          From a URL
        </Button>
      </div>
    </div>
  );
}

function PasteText({ busy, onTake }: { busy: boolean; onTake: (text: string) => void }) {
  const [text, setText] = useState("");
  return (
    <div className="flex flex-col items-start gap-2">
      <div className="w-full">
        <Field label="Specification" help="An OpenAPI file, a Postman collection, or a cURL command.">
          {(control) => (
            <TextArea {...control} mono className="max-h-72" value={text} onChange={(event) => setText(event.target.value)} />
          )}
        </Field>
      </div>
      <Button disabled={text.trim() === ""} busy={busy} onClick={() => onTake(text)}>
        Import
      </Button>
    </div>
  );
}

function GiveUrl({ busy, onTake }: { busy: boolean; onTake: (url: string) => void }) {
  const [url, setUrl] = useState("");
  return (
    <div className="flex flex-col items-start gap-2">
      <div className="w-full">
        <Field label="Address of the file" help="A public https address. It is fetched by this server, without credentials.">
          {(control) => (
            <Input
              {...control}
              mono
              type="url"
              placeholder="https://example.com/openapi.yaml"
              value={url}
              onChange={(event) => setUrl(event.target.value)}
              onKeyDown={(event) => {
                if (event.key !== "Enter") return;
                // Enter belongs to this field: the form around it is not filled in yet.
                event.preventDefault();
                if (url.trim() !== "" && !busy) onTake(url.trim());
              }}
            />
          )}
        </Field>
      </div>
      <Button disabled={url.trim() === ""} busy={busy} onClick={() => onTake(url.trim())}>
        Fetch and import
      </Button>
    </div>
  );
}
