import { Ellipsis } from "lucide-react";
import { DropdownMenu as Radix } from "radix-ui";
import { type ReactNode, useRef } from "react";
import { IconButton } from "./icon-button.tsx";

export type MenuItem = { label: string; icon?: ReactNode; danger?: boolean; disabled?: boolean; onSelect: () => void };

/**
 * The "…" of a row and the menu that it opens. What was chosen happens when the menu has gone and its button has the keyboard again: a
 * window that it opens gives the keyboard back there.
 */
export function Menu({ label, items }: { label: string; items: readonly MenuItem[] }) {
  const chosen = useRef<(() => void) | null>(null);
  return (
    <Radix.Root>
      <Radix.Trigger asChild>
        <IconButton label={label}>
          <Ellipsis aria-hidden="true" />
        </IconButton>
      </Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          aria-label={label}
          align="end"
          sideOffset={4}
          onCloseAutoFocus={() => {
            const act = chosen.current;
            chosen.current = null;
            // After this event the button has the keyboard.
            if (act) queueMicrotask(act);
          }}
          className="z-50 min-w-48 animate-appear rounded-card border border-line bg-raised p-1 shadow-floating"
        >
          {items.map((item) => (
            <Radix.Item
              key={item.label}
              disabled={item.disabled ?? false}
              onSelect={() => {
                chosen.current = item.onSelect;
              }}
              className={`flex h-8 cursor-pointer items-center gap-2 rounded-small px-2 text-sm outline-none data-disabled:cursor-default data-highlighted:bg-pressed data-disabled:opacity-50 [&_svg]:size-4 ${item.danger ? "text-failed-text" : ""}`}
            >
              {item.icon}
              {item.label}
            </Radix.Item>
          ))}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
