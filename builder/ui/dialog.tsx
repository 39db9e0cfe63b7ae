import { clsx } from "clsx";
import { X } from "lucide-react";
import { Dialog as Radix, AlertDialog as RadixAlert } from "radix-ui";
import { type ReactNode, useLayoutEffect, useRef } from "react";
import { Button } from "./button.tsx";
import { IconButton } from "./icon-button.tsx";

const veil = "fixed inset-0 z-40 animate-appear bg-veil";
/** Finds the buttons of a window; a question that hurts has none of it, and begins at what keeps things as they are. */
const footerMark = "dialog-footer";
/** In the middle by its margins: inside of what is moved by a transform, lists of the code editor stand beside their place. */
const sheet =
  "fixed inset-0 z-40 m-auto flex h-fit max-h-[90vh] w-[calc(100vw-(--spacing(8)))] animate-appear flex-col rounded-dialog border border-line bg-raised shadow-floating focus:outline-none";

/** A window over the page for one matter. `footer` holds its buttons, the main one last. */
export function Dialog({
  open,
  onClose,
  title,
  description,
  hint,
  footer,
  children,
  wide = false,
  held = false,
}: {
  open: boolean;
  onClose: () => void;
  title: string;
  description: string;
  /** For code and tables. */
  wide?: boolean;
  /** Escape and a click beside it do not close it: what was typed would be lost. Its buttons do. */
  held?: boolean;
  /** Beside the buttons: what the main one still waits for. */
  hint?: string | undefined;
  footer: ReactNode;
  children: ReactNode;
}) {
  const focus = useFocusRoundTrip();
  return (
    <Radix.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Radix.Portal>
        <Radix.Overlay className={veil} />
        <Radix.Content
          className={clsx(sheet, wide ? "max-w-content" : "max-w-dialog")}
          {...focus}
          onEscapeKeyDown={(event) => held && event.preventDefault()}
          onInteractOutside={(event) => held && event.preventDefault()}
        >
          <div className="flex items-start gap-4 px-6 pt-5 pb-4">
            <div className="flex min-w-0 flex-1 flex-col gap-1">
              <Radix.Title className="font-semibold text-lg">{title}</Radix.Title>
              <Radix.Description className="text-muted text-sm">{description}</Radix.Description>
            </div>
            <Radix.Close asChild>
              <IconButton label="Close">
                <X aria-hidden="true" />
              </IconButton>
            </Radix.Close>
          </div>
          <div ref={keepReachable} className="min-h-0 overflow-y-auto px-6 pb-1 -outline-offset-2">
            {children}
          </div>
          <div className={`${footerMark} flex items-center justify-end gap-2 px-6 pt-4 pb-5`}>
            {hint && <p className="mr-auto min-w-0 text-muted text-xs">{hint}</p>}
            {footer}
          </div>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

/** Asks before something is done that hurts: names the thing and what follows; the button is the verb. */
export function Confirm({
  open,
  onClose,
  onConfirm,
  title,
  consequence,
  verb,
  keep,
  busy = false,
}: {
  open: boolean;
  onClose: () => void;
  onConfirm: () => void;
  title: string;
  /** It stands in a paragraph. */
  consequence: ReactNode;
  verb: string;
  keep: string;
  busy?: boolean;
}) {
  const focus = useFocusRoundTrip();
  return (
    <RadixAlert.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <RadixAlert.Portal>
        <RadixAlert.Overlay className={veil} />
        <RadixAlert.Content className={clsx(sheet, "max-w-dialog")} {...focus}>
          <div className="flex flex-col gap-2 px-6 pt-5">
            <RadixAlert.Title className="font-semibold text-lg">{title}</RadixAlert.Title>
            <RadixAlert.Description className="text-muted text-sm">{consequence}</RadixAlert.Description>
          </div>
          <div className="flex justify-end gap-2 px-6 pt-6 pb-5">
            <RadixAlert.Cancel asChild>
              <Button>{keep}</Button>
            </RadixAlert.Cancel>
            <Button look="danger" busy={busy} onClick={onConfirm}>
              {verb}
            </Button>
          </div>
        </RadixAlert.Content>
      </RadixAlert.Portal>
    </RadixAlert.Root>
  );
}

/** What is longer than the window and holds nothing for the keyboard is scrolled by it all the same. */
function keepReachable(body: HTMLElement | null): void {
  if (!body || body.scrollHeight <= body.clientHeight) return;
  if (!body.querySelector("a, button, input, select, textarea, [tabindex]")) body.tabIndex = 0;
}

/** What opened the window that goes: where another one takes its place, nothing else knows that any more. */
let openerOfLast: Element | null = null;

/**
 * Where the keyboard goes: to the first field, else to the main button, and afterwards back to what opened the window, or the one that
 * it took the place of. Radix does that only for windows with a trigger of their own.
 */
function useFocusRoundTrip() {
  const opener = useRef<Element | null>(null);
  useLayoutEffect(
    () => () => {
      openerOfLast = opener.current;
    },
    [],
  );
  return {
    onOpenAutoFocus(event: Event): void {
      const active = document.activeElement;
      opener.current = active === document.body ? (openerOfLast ?? active) : active;
      if (!(event.target instanceof Element)) return;
      const field = event.target.querySelector<HTMLElement>("textarea, input, select");
      const first = field ?? [...event.target.querySelectorAll<HTMLElement>(`.${footerMark} button:not(:disabled)`)].at(-1);
      if (!first) return;
      event.preventDefault();
      first.focus();
    },
    onCloseAutoFocus(event: Event): void {
      event.preventDefault();
      openerOfLast = null;
      if (opener.current instanceof HTMLElement) opener.current.focus();
      opener.current = null;
    },
  };
}
