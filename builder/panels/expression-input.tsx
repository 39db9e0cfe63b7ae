import { clsx } from "clsx";
import { type KeyboardEvent, type SyntheticEvent, useId, useLayoutEffect, useMemo, useRef, useState } from "react";
import { type FieldControl, inputStyle } from "../ui/field.tsx";
import { type DataRoot, pathsOf } from "./data-roots.ts";
import { type Completion, completionAt, insertPath, matchPaths, previewOf } from "./expression-text.ts";
import { useInsertTarget } from "./insert-target.ts";

const shownAtOnce = 8;

/** A text with `{{path}}` templates or one `{{= JSONata }}`: completes paths as one types, and shows what they give with the samples. */
export function ExpressionInput({
  control,
  value,
  roots,
  disabled,
  takesKeyboard = false,
  onChange,
}: {
  control: FieldControl;
  value: string;
  roots: readonly DataRoot[];
  disabled: boolean;
  /** It took the place of the field that is typed into: the typing goes on here. */
  takesKeyboard?: boolean;
  onChange: (text: string) => void;
}) {
  const area = useRef<HTMLTextAreaElement>(null);
  const caret = useRef<number | null>(null);
  const listId = useId();
  const [typed, setTyped] = useState<Completion | null>(null);
  const [at, setAt] = useState(0);
  const paths = useMemo(() => pathsOf(roots), [roots]);
  const matches = typed ? matchPaths(paths, typed.query, shownAtOnce) : [];
  const target = useInsertTarget();
  // A path may come long after the field got the keyboard.
  const change = useRef(onChange);
  change.current = onChange;

  const begin = useRef(takesKeyboard);
  useLayoutEffect(() => {
    if (!begin.current || !area.current) return;
    begin.current = false;
    area.current.focus();
    area.current.setSelectionRange(area.current.value.length, area.current.value.length);
  });

  // After a path went in, the caret stands behind it.
  useLayoutEffect(() => {
    if (caret.current === null || !area.current) return;
    area.current.setSelectionRange(caret.current, caret.current);
    caret.current = null;
  });

  function insert(path: string): void {
    const element = area.current;
    if (!element) return;
    const next = insertPath(element.value, { start: element.selectionStart, end: element.selectionEnd }, path);
    caret.current = next.caret;
    setTyped(null);
    change.current(next.text);
    element.focus();
  }
  function look(event: SyntheticEvent<HTMLTextAreaElement>): void {
    const { value: text, selectionStart, selectionEnd } = event.currentTarget;
    setTyped(selectionStart === selectionEnd ? completionAt(text, selectionStart) : null);
    setAt(0);
  }
  function keys(event: KeyboardEvent): void {
    if (matches.length === 0) return;
    if (event.key === "ArrowDown") setAt((at + 1) % matches.length);
    else if (event.key === "ArrowUp") setAt((at - 1 + matches.length) % matches.length);
    else if (event.key === "Enter" || event.key === "Tab") insert(matches[at]?.path ?? "");
    else if (event.key === "Escape") setTyped(null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  return (
    <div className="relative flex flex-col gap-1">
      <textarea
        ref={area}
        {...control}
        rows={1}
        aria-controls={matches.length > 0 ? listId : undefined}
        aria-autocomplete="list"
        aria-activedescendant={matches.length > 0 ? `${listId}-${at}` : undefined}
        spellCheck={false}
        disabled={disabled}
        placeholder={`{{${exampleOf(roots)}}}`}
        value={value}
        className={clsx(inputStyle, "field-sizing-content max-h-48 min-h-8 resize-none bg-accent-tint! py-1.5 font-mono text-xs")}
        onChange={(event) => {
          onChange(event.target.value);
          look(event);
        }}
        onKeyDown={keys}
        onClick={look}
        onFocus={() => target.take(insert)}
        onBlur={() => setTyped(null)}
      />
      {matches.length > 0 && (
        <div
          ref={intoSight}
          id={listId}
          role="listbox"
          aria-label="Paths"
          className="absolute top-full right-0 left-0 z-20 mt-1 max-h-60 overflow-y-auto rounded-control border border-line bg-raised p-1 shadow-floating"
        >
          {matches.map(({ path, type, optional }, index) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the keyboard stays in the text, which moves through this list
            <div
              key={path}
              id={`${listId}-${index}`}
              role="option"
              tabIndex={-1}
              aria-selected={index === at}
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => insert(path)}
              className={clsx(
                "flex cursor-pointer gap-2 rounded-small px-2 py-1 font-mono text-xs",
                index === at && "bg-pressed",
              )}
            >
              {/* Cut at its start: what tells paths apart is at their end. */}
              <span dir="rtl" className="min-w-0 flex-1 truncate text-left">
                <bdi dir="ltr">{path}</bdi>
              </span>
              <span className={optional ? "text-waiting-text" : "text-muted"}>
                {type}
                {optional && (
                  <>
                    <span aria-hidden="true">?</span>
                    <span className="sr-only"> that may be missing</span>
                  </>
                )}
              </span>
            </div>
          ))}
        </div>
      )}
      <PreviewLine text={value} roots={roots} />
    </div>
  );
}

/** The panel scrolls, and what stands below it would cover the list. */
function intoSight(list: HTMLElement | null): void {
  list?.scrollIntoView?.({ block: "nearest" });
}

function exampleOf(roots: readonly DataRoot[]): string {
  const [first] = roots;
  if (!first || roots.some(({ source }) => source === "trigger")) return "trigger.body.id";
  return pathsOf([first]).at(1)?.path ?? first.source;
}

function PreviewLine({ text, roots }: { text: string; roots: readonly DataRoot[] }) {
  const preview = useMemo(() => previewOf(text, roots), [text, roots]);
  if (text === "" || preview.state === "problem") return null;
  if (preview.state === "type")
    return (
      <p className="truncate text-muted text-xs" data-testid="preview">
        Gives {preview.type}
        {preview.optional && ", and may be missing"}: no sample to show
      </p>
    );
  if (preview.state === "unknown") return <p className="text-muted text-xs">No sample to show what it gives</p>;
  const shown = typeof preview.value === "string" ? preview.value : JSON.stringify(preview.value);
  return (
    <p className="truncate text-muted text-xs" data-testid="preview">
      Gives <span className="font-mono text-text">{shown.slice(0, 200)}</span>
    </p>
  );
}
