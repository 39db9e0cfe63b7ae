import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { lazy, Suspense, useSyncExternalStore } from "react";
import { createQueryClient, forgetPerson } from "./api/queries.ts";
import { createAppRouter } from "./router.tsx";
import { toasterWanted } from "./ui/toast.ts";
import { TooltipLayer } from "./ui/tooltip-layer.tsx";

const Toaster = lazy(() => import("./ui/toaster.tsx"));

const client = createQueryClient({ onUnauthenticated: leaveForSignIn });
const router = createAppRouter(client);

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}

export function App() {
  const toasts = useSyncExternalStore(toasterWanted.subscribe, toasterWanted.get);
  return (
    <QueryClientProvider client={client}>
      <RouterProvider router={router} />
      <TooltipLayer />
      {toasts && (
        <Suspense>
          <Toaster />
        </Suspense>
      )}
    </QueryClientProvider>
  );
}

/** The session ended while somebody was at work: sign in, and come back to where one was. */
function leaveForSignIn(): void {
  const { pathname, href } = router.state.location;
  if (["/sign-in", "/setup", "/invitation"].includes(pathname)) return;
  forgetPerson(client);
  void router.navigate({ to: "/sign-in", search: { next: href } });
}
