import { CopyButton } from "../ui/copy-button.tsx";

/** One line of text to be taken along; `what` names it. */
export function CopiedLine({ text, what }: { text: string; what: string }) {
  return (
    <div className="flex items-center gap-1 rounded-control border border-line bg-page py-0.5 pr-0.5 pl-2.5">
      <code data-testid={what.replaceAll(" ", "-")} className="min-w-0 flex-1 truncate font-mono text-xs" data-tip={text}>
        {text}
      </code>
      <CopyButton text={text} what={what} />
    </div>
  );
}
