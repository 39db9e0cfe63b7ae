import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createMemoryHistory, RouterProvider } from "@tanstack/react-router";
import { render } from "@testing-library/react";
import type { ReactElement } from "react";
import { createQueryClient } from "../api/queries.ts";
import { AutosaveTimer, type Timer } from "../pages/flows/autosave-timer.ts";
import { createAppRouter } from "../router.tsx";
import { TooltipLayer } from "../ui/tooltip-layer.tsx";

/** Calls back as soon as what is under way has ended, however long the wait is meant to be. */
const atOnce: Timer = (_, callback) => {
  const timer = setTimeout(callback);
  return () => clearTimeout(timer);
};

/** Shows a page of the application as the address bar would. Nothing is retried, so that a fault shows at once, and drafts are saved without a pause. */
export function renderApp(path: string) {
  const client = createQueryClient({
    onUnauthenticated: () => void router.navigate({ to: "/sign-in", search: { next: router.state.location.href } }),
  });
  client.setDefaultOptions({ queries: { ...client.getDefaultOptions().queries, retry: false } });
  const router = createAppRouter(client, createMemoryHistory({ initialEntries: [path] }));
  const shown = render(
    <QueryClientProvider client={client}>
      <AutosaveTimer value={atOnce}>
        <RouterProvider router={router as never} />
      </AutosaveTimer>
      <TooltipLayer />
    </QueryClientProvider>,
  );
  return { ...shown, router };
}

/** Shows a part of a page that asks the server for what it needs. */
export function renderPart(part: ReactElement) {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  return render(<QueryClientProvider client={client}>{part}</QueryClientProvider>);
}
