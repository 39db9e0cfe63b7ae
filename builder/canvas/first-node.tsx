import { CalendarClock, CirclePlay, SquareTerminal, Webhook } from "lucide-react";
import type { ReactNode } from "react";
import { useCanvasSession } from "../stores/canvas-session.ts";
import type { CanvasEdits } from "./use-canvas-edits.ts";

const nowhere = { after: null, at: null };

/** What an empty canvas says: every flow begins with a trigger. */
export function FirstNode({ edits }: { edits: CanvasEdits }) {
  return (
    <div className="pointer-events-none absolute inset-0 z-10 flex items-center justify-center p-6">
      <div className="pointer-events-auto flex w-full max-w-dialog animate-appear flex-col gap-4">
        <div className="flex flex-col gap-1 text-center">
          <h2 className="font-semibold text-lg">Add a trigger</h2>
          <p className="text-muted text-sm">It starts the flow. What follows is added behind it, step by step.</p>
        </div>
        <div className="grid grid-cols-2 gap-3">
          <Choice
            icon={<Webhook aria-hidden="true" />}
            name="Webhook"
            onChoose={() => edits.add({ kind: "webhook-trigger" }, nowhere)}
          >
            Another application posts an event to a hook URL.
          </Choice>
          <Choice
            icon={<CirclePlay aria-hidden="true" />}
            name="Manual"
            onChoose={() => edits.add({ kind: "manual-trigger" }, nowhere)}
          >
            A person starts it, with a form if you like.
          </Choice>
          <Choice
            icon={<CalendarClock aria-hidden="true" />}
            name="Schedule"
            onChoose={() => edits.add({ kind: "schedule-trigger" }, nowhere)}
          >
            It starts by itself at its times.
          </Choice>
          <Choice
            icon={<SquareTerminal aria-hidden="true" />}
            name="API call"
            onChoose={() => edits.add({ kind: "api-trigger" }, nowhere)}
          >
            Another program calls it with a token.
          </Choice>
        </div>
        <button
          type="button"
          className="self-center rounded-small font-medium text-accent-text text-sm hover:underline"
          onClick={() => useCanvasSession.getState().open({ kind: "palette", place: { after: null, edge: null, at: null } })}
        >
          Or choose a trigger of an app
        </button>
      </div>
    </div>
  );
}

function Choice({
  icon,
  name,
  onChoose,
  children,
}: {
  icon: ReactNode;
  name: string;
  onChoose: () => void;
  children: ReactNode;
}) {
  return (
    <button
      type="button"
      onClick={onChoose}
      className="flex flex-col items-start gap-3 rounded-card border border-line-strong bg-raised p-4 text-left shadow-raised transition-colors hover:border-accent"
    >
      <span className="flex size-9 items-center justify-center rounded-control bg-(--kind-trigger-tile) text-(--kind-trigger-icon) [&_svg]:size-5">
        {icon}
      </span>
      <span className="flex flex-col gap-0.5">
        <span className="font-semibold text-base">{name}</span>
        <span className="text-muted text-sm">{children}</span>
      </span>
    </button>
  );
}
