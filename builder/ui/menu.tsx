import { DropdownMenu as Radix } from "radix-ui";
import type { ReactNode } from "react";

/** A menu that opens from `trigger`, a button. */
export function Menu({ trigger, children }: { trigger: ReactNode; children: ReactNode }) {
  return (
    <Radix.Root>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          align="end"
          sideOffset={4}
          collisionPadding={8}
          className="z-40 min-w-44 animate-rise rounded-card border border-line bg-raised p-1 shadow-floating"
        >
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

export function MenuItem({ onSelect, icon, children }: { onSelect: () => void; icon?: ReactNode; children: ReactNode }) {
  return (
    <Radix.Item
      onSelect={onSelect}
      className="flex h-7 cursor-default items-center gap-2 rounded-control px-2 text-sm outline-none data-[highlighted]:bg-pressed [&_svg]:size-4 [&_svg]:text-muted"
    >
      {icon}
      {children}
    </Radix.Item>
  );
}
