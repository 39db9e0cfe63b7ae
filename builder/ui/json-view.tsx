import { useMemo, useState } from "react";
import { Button } from "./button.tsx";
import { CopyButton } from "./copy-button.tsx";
import { formatSize } from "./format-size.ts";
import { type JsonValue, jsonSize } from "./json-rows.ts";
import { JsonTree } from "./json-tree.tsx";
import { Segmented } from "./segmented.tsx";

const rawAtOnce = 50_000;

/** A JSON value with its size, as a tree or as text. `root` is what copied paths start with, `raw` the text as it came. */
export function JsonView({ value, root, label, raw }: { value: JsonValue; root: string; label: string; raw?: string }) {
  const [shape, setShape] = useState<"tree" | "text">("tree");
  const text = useMemo(() => raw ?? JSON.stringify(value, null, 2), [value, raw]);
  const size = useMemo(() => jsonSize(value), [value]);
  return (
    <section aria-label={label} className="flex flex-col gap-2">
      <div className="flex items-center gap-2">
        <span className="truncate font-semibold text-sm">{label}</span>
        <span className="whitespace-nowrap text-muted text-xs tabular-nums">{formatSize(size)}</span>
        <span className="ml-auto" />
        <Segmented
          label={`${label} as`}
          value={shape}
          onChange={setShape}
          segments={[
            { value: "tree", label: "Tree" },
            { value: "text", label: raw === undefined ? "Text" : "Raw" },
          ]}
        />
        <CopyButton text={text} what={label.toLowerCase()} />
      </div>
      <div className="rounded-control border border-line bg-page p-2">
        {shape === "tree" ? <JsonTree value={value} root={root} label={label} /> : <RawText text={text} />}
      </div>
    </section>
  );
}

/** Text as it is, in the fixed font; a long one is cut and says how long it is. */
export function RawText({ text }: { text: string }) {
  const [whole, setWhole] = useState(false);
  const cut = text.length > rawAtOnce && !whole;
  return (
    <>
      <pre className="whitespace-pre-wrap break-all p-1 font-mono text-xs">{cut ? text.slice(0, rawAtOnce) : text}</pre>
      {cut && (
        <Button size="small" onClick={() => setWhole(true)}>
          Show all {formatSize(text.length)}
        </Button>
      )}
    </>
  );
}
