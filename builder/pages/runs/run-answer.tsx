import { useState } from "react";
import type { RunView } from "../../../shared/run/run-view.ts";
import { EntryValue } from "../../panels/entry-value.tsx";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";

/** The answer that the run gave to the sender of its event. */
export function RunAnswer({ run, answer }: { run: string; answer: NonNullable<RunView["answer"]> }) {
  const [open, setOpen] = useState(false);
  return (
    <li>
      <button type="button" data-testid="run-answer" className="group rounded-small" onClick={() => setOpen(true)}>
        Answered{" "}
        <span className="font-mono text-text text-xs underline decoration-line-strong underline-offset-3 group-hover:decoration-current">
          {answer.status}
        </span>
      </button>
      <Dialog
        open={open}
        onClose={() => setOpen(false)}
        title={`Answered ${answer.status}`}
        description="What the run gave as its answer, whether or not the sender still waited."
        footer={<Button onClick={() => setOpen(false)}>Close</Button>}
      >
        <EntryValue run={run} entry={answer.entry} name="output" root="answer" label="Answer" />
      </Dialog>
    </li>
  );
}
