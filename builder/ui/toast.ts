/** Says something for a moment at the corner. The library comes with the first toast, not with the first page. */
export function notify(tone: "done" | "failed", message: string, description?: string): void {
  void import("sonner").then(({ toast }) => {
    const show = tone === "done" ? toast.success : toast.error;
    show(message, description === undefined ? {} : { description });
  });
}
