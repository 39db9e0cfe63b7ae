/** A fault of one action, beside its button: nothing that was typed is lost by it. */
export function ProblemLine({ text }: { text: string }) {
  return (
    <p role="alert" className="break-words rounded-control bg-failed-tint px-3 py-2 text-failed-text text-sm">
      {text}
    </p>
  );
}
