import { useEffect } from "react";
import { Toaster as Sonner } from "sonner";
import { toasterMounted } from "./toast.ts";

/** Where toasts appear. */
export default function Toaster() {
  // Effects of children run first, so by now the library listens.
  useEffect(toasterMounted, []);
  return (
    <Sonner
      position="bottom-right"
      gap={8}
      // The library names a font of its own.
      style={{ fontFamily: "inherit" }}
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
