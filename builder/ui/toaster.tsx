import { Toaster as Sonner } from "sonner";

/** Where toasts appear. */
export default function Toaster() {
  return (
    <Sonner
      position="bottom-right"
      gap={8}
      toastOptions={{
        unstyled: true,
        classNames: {
          toast: "flex w-full items-start gap-2 rounded-card border border-line bg-raised p-3 text-sm text-text shadow-floating",
          title: "font-medium",
          description: "text-muted text-xs",
          success: "[&_svg]:text-succeeded",
          error: "[&_svg]:text-failed",
        },
      }}
    />
  );
}
