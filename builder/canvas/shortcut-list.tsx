import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { keyWords, shortcuts } from "./shortcuts.ts";

const groups = ["Nodes", "Edit", "View", "Flow"] as const;

/** Every shortcut of the canvas. */
export default function ShortcutList({ mac, onClose }: { mac: boolean; onClose: () => void }) {
  return (
    <Dialog
      open
      onClose={onClose}
      title="Keyboard"
      description="They work on the canvas, not while you type. Shift Tab leaves the canvas; hold Space to move the view, Shift to select an area."
      footer={<Button onClick={onClose}>Close</Button>}
    >
      <div className="flex flex-col gap-5">
        {groups.map((group) => (
          <section key={group} aria-label={group} className="flex flex-col gap-1">
            <h3 className="font-medium text-muted text-xs">{group}</h3>
            <dl className="flex flex-col">
              {shortcuts
                .filter((shortcut) => shortcut.group === group)
                .map(({ id, keys, words }) => (
                  <div
                    key={id}
                    className="flex min-h-7 items-center justify-between gap-4 border-line border-b text-sm last:border-0"
                  >
                    <dt>{words}</dt>
                    <dd className="flex shrink-0 items-center gap-2">
                      {keys.map((combination) => (
                        <span key={combination} className="flex gap-1">
                          {keyWords(combination, mac).map((key) => (
                            <Key key={key}>{key}</Key>
                          ))}
                        </span>
                      ))}
                    </dd>
                  </div>
                ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}

function Key({ children }: { children: string }) {
  return <kbd className="min-w-5 rounded-small border border-line bg-panel px-1 text-center font-sans text-xs">{children}</kbd>;
}
