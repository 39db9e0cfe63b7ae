import { cva, type VariantProps } from "class-variance-authority";
import type { ReactNode } from "react";

const style = cva("inline-flex h-5 items-center gap-1 whitespace-nowrap rounded-small px-1.5 font-medium text-xs", {
  variants: {
    tone: {
      neutral: "bg-pressed text-muted",
      accent: "bg-accent-tint text-accent-text",
      succeeded: "bg-succeeded-tint text-succeeded-text",
      waiting: "bg-waiting-tint text-waiting-text",
      failed: "bg-failed-tint text-failed-text",
    },
    mono: { true: "font-mono", false: "" },
  },
  defaultVariants: { tone: "neutral", mono: false },
});

export function Badge({ tone, mono, children }: VariantProps<typeof style> & { children: ReactNode }) {
  return <span className={style({ tone, mono })}>{children}</span>;
}
