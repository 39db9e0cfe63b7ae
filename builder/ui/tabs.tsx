import { clsx } from "clsx";
import { Tabs as Radix } from "radix-ui";
import type { ReactNode } from "react";

const insets = { panel: "px-4", page: "px-6", none: "" };

/** Tabs over a hairline, which stay in sight as their panel is scrolled; the chosen one is underlined. */
export function Tabs<Value extends string>({
  label,
  value,
  onChange,
  tabs,
  inset = "panel",
  children,
}: {
  label: string;
  value: Value;
  onChange: (value: Value) => void;
  tabs: readonly { value: Value; label: string; count?: number | undefined }[];
  /** Where the names begin: at the edge of a narrow panel's text, of a page's, or, within a form, at its own. */
  inset?: keyof typeof insets;
  children: ReactNode;
}) {
  return (
    <Radix.Root
      value={value}
      onValueChange={(next) => {
        const chosen = tabs.find((tab) => tab.value === next);
        if (chosen) onChange(chosen.value);
      }}
      className="flex flex-col"
    >
      <Radix.List aria-label={label} className={clsx("sticky top-0 z-10 flex gap-4 border-line border-b bg-page", insets[inset])}>
        {tabs.map((tab) => (
          <Radix.Trigger
            key={tab.value}
            value={tab.value}
            className="-mb-px inline-flex h-9 items-center gap-1.5 border-transparent border-b-2 font-medium text-muted text-sm transition-colors hover:text-text data-[state=active]:border-accent data-[state=active]:text-text"
          >
            {tab.label}
            {tab.count !== undefined && (
              <span className="rounded-small bg-pressed px-1 text-muted text-xs tabular-nums">{tab.count}</span>
            )}
          </Radix.Trigger>
        ))}
      </Radix.List>
      {children}
    </Radix.Root>
  );
}

export function TabPanel({
  value,
  flush = false,
  children,
}: {
  value: string;
  /** Within a form, whose edge is that of the panel. */
  flush?: boolean;
  children: ReactNode;
}) {
  return (
    <Radix.Content value={value} className={clsx("py-4 -outline-offset-2", !flush && "px-4")}>
      {children}
    </Radix.Content>
  );
}
