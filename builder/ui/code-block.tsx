import { clsx } from "clsx";

/** A text as it is, in its own place: it scrolls there, also by the keyboard. `wrap`: long lines are broken instead. */
export function CodeBlock({
  text,
  label,
  wrap = false,
  framed = true,
  testId,
}: {
  text: string;
  /** What it is, for those who hear the page. */
  label: string;
  wrap?: boolean;
  framed?: boolean;
  testId?: string;
}) {
  return (
    <section
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable
      tabIndex={0}
      className={clsx("max-h-80 overflow-auto -outline-offset-2", framed && "rounded-control border border-line bg-page")}
    >
      <pre data-testid={testId} className={clsx("p-3 font-mono text-xs", wrap && "whitespace-pre-wrap break-all")}>
        {text}
      </pre>
    </section>
  );
}
