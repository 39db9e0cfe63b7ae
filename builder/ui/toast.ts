/** The library and the place where toasts appear come with the first toast, not with the first page. */
let wanted = false;
const listeners = new Set<() => void>();
let listens = () => {};
const mounted = new Promise<void>((resolve) => {
  listens = resolve;
});

/** Whether there has been a toast: then the place for them must be on the page. */
export const toasterWanted = {
  get: () => wanted,
  subscribe(listener: () => void) {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};

/** To be called by the place for toasts, once it listens: what was said before it did would be lost. */
export function toasterMounted(): void {
  listens();
}

/** Says something for a moment at the corner. */
export function notify(tone: "done" | "failed", message: string, description?: string): void {
  wanted = true;
  for (const listener of listeners) listener();
  void Promise.all([import("sonner"), mounted]).then(([{ toast }]) => {
    const show = tone === "done" ? toast.success : toast.error;
    show(message, description === undefined ? {} : { description });
  });
}
