import { cva, type VariantProps } from "class-variance-authority";
import type { ButtonHTMLAttributes, Ref } from "react";

const style = cva(
  "inline-flex shrink-0 items-center justify-center rounded-control text-muted transition-colors hover:bg-hover hover:text-text active:bg-pressed disabled:pointer-events-none disabled:opacity-50 [&_svg]:size-4",
  { variants: { size: { small: "size-7", medium: "size-8" } }, defaultVariants: { size: "small" } },
);

/** A button that is only a picture: `label` names it for a reader and in the tooltip. */
export function IconButton({
  label,
  size,
  className,
  side,
  children,
  ...rest
}: ButtonHTMLAttributes<HTMLButtonElement> &
  VariantProps<typeof style> & { label: string; side?: "top" | "right" | "bottom"; ref?: Ref<HTMLButtonElement> }) {
  return (
    <button
      type="button"
      aria-label={label}
      data-tip={label}
      data-tip-side={side}
      className={style({ size, className })}
      {...rest}
    >
      {children}
    </button>
  );
}
