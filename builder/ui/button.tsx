import { cva, type VariantProps } from "class-variance-authority";
import type { ButtonHTMLAttributes, Ref } from "react";

/** Also for links that are to look like a button. */
export const buttonStyle = cva(
  "inline-flex shrink-0 select-none items-center justify-center gap-2 whitespace-nowrap rounded-control border font-medium transition-colors disabled:pointer-events-none disabled:opacity-50 aria-disabled:pointer-events-none aria-disabled:opacity-50 [&_svg]:size-4 [&_svg]:shrink-0",
  {
    variants: {
      look: {
        primary: "border-transparent bg-accent text-on-accent hover:bg-accent-strong",
        secondary: "border-line-strong bg-raised text-text shadow-raised hover:bg-hover active:bg-pressed",
        quiet: "border-transparent bg-transparent text-muted hover:bg-hover hover:text-text active:bg-pressed",
        danger: "border-transparent bg-danger text-on-red hover:bg-danger-strong",
      },
      size: { small: "h-7 px-2.5 text-xs", medium: "h-8 px-3 text-sm" },
    },
    defaultVariants: { look: "secondary", size: "medium" },
  },
);

export type ButtonProps = ButtonHTMLAttributes<HTMLButtonElement> &
  VariantProps<typeof buttonStyle> & {
    /** Its work is under way: it says so and cannot be pressed twice. */
    busy?: boolean;
    ref?: Ref<HTMLButtonElement>;
  };

export function Button({ look, size, busy = false, className, type = "button", onClick, children, ...rest }: ButtonProps) {
  return (
    <button
      type={type}
      className={buttonStyle({ look, size, className })}
      aria-busy={busy || undefined}
      // A disabled button would lose the keyboard while its work is under way.
      aria-disabled={busy || undefined}
      onClick={(event) => (busy ? event.preventDefault() : onClick?.(event))}
      {...rest}
    >
      {children}
    </button>
  );
}
