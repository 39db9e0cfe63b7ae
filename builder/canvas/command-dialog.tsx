import { Command } from "cmdk";
import { Search } from "lucide-react";
import { Dialog } from "radix-ui";
import type { ReactNode } from "react";

/** A window to choose one thing from many by typing. Closing gives the keyboard back to the canvas. */
export function CommandDialog({
  title,
  description,
  placeholder,
  query,
  onQuery,
  onClose,
  onClosed,
  head,
  children,
}: {
  title: string;
  /** For who hears the page. */
  description: string;
  placeholder: string;
  query: string;
  onQuery: (query: string) => void;
  onClose: () => void;
  /** The window has gone: the keyboard needs a place. */
  onClosed: () => void;
  head?: ReactNode;
  children: ReactNode;
}) {
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 animate-appear bg-veil" />
        <Dialog.Content
          className="fixed top-[14vh] left-1/2 z-40 flex max-h-[64vh] w-[calc(100vw-(--spacing(8)))] max-w-dialog -translate-x-1/2 animate-appear flex-col overflow-hidden rounded-dialog border border-line bg-raised shadow-floating focus:outline-none"
          onOpenAutoFocus={(event) => {
            event.preventDefault();
            if (event.target instanceof Element) event.target.querySelector("input")?.focus();
          }}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            onClosed();
          }}
        >
          <Dialog.Title className="sr-only">{title}</Dialog.Title>
          <Dialog.Description className="sr-only">{description}</Dialog.Description>
          {head}
          <Command shouldFilter={false} loop label={title} className="flex min-h-0 flex-col">
            <div className="flex items-center gap-2 border-line border-b px-4">
              <Search aria-hidden="true" className="size-4 shrink-0 text-muted" />
              <Command.Input
                value={query}
                onValueChange={onQuery}
                placeholder={placeholder}
                className="h-11 min-w-0 flex-1 bg-transparent text-base outline-none placeholder:text-faint"
              />
            </div>
            <Command.List
              label={title}
              className="min-h-0 scroll-py-2 overflow-y-auto p-2 [&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:font-medium [&_[cmdk-group-heading]]:text-muted [&_[cmdk-group-heading]]:text-xs"
            >
              {children}
            </Command.List>
          </Command>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

export const commandItem =
  "flex min-h-11 cursor-pointer items-center gap-3 rounded-control px-2 py-1.5 data-[disabled=true]:cursor-default data-[selected=true]:bg-pressed data-[disabled=true]:opacity-60";

export function NothingFound({ children }: { children: ReactNode }) {
  return <Command.Empty className="px-2 py-8 text-center text-muted text-sm">{children}</Command.Empty>;
}
