import { useQueryClient } from "@tanstack/react-query";
import { Outlet, useRouterState } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { followWorkspace } from "../../api/live-workspace.ts";
import { sessionQuery } from "../../api/queries.ts";
import { useSessionStore } from "../../stores/session-store.ts";
import { Nav } from "./nav.tsx";

/** Navigation at the left, the page beside it, and the live stream that keeps the lists fresh. */
export function Shell() {
  const client = useQueryClient();
  const setConnection = useSessionStore((state) => state.setConnection);
  useEffect(
    () =>
      followWorkspace(client, (connection) => {
        setConnection(connection);
        // A stream cannot say why it broke. If the session has ended, this question is answered with 401.
        if (connection === "reconnecting") void client.invalidateQueries({ queryKey: sessionQuery.queryKey });
      }),
    [client, setConnection],
  );
  useFocusOnNewPage();
  return (
    <div className="flex h-full">
      <a
        href="#content"
        className="absolute -top-12 left-2 z-50 rounded-control bg-accent px-3 py-2 text-on-accent transition-[top] focus:top-2"
      >
        Skip to the page
      </a>
      <Nav />
      <div className="flex min-w-0 flex-1 flex-col">
        <Outlet />
      </div>
    </div>
  );
}

/** The link or button that led here has gone with its page: the keyboard goes on at the beginning of the new one. */
function useFocusOnNewPage(): void {
  const path = useRouterState({ select: (state) => state.resolvedLocation?.pathname });
  const shown = useRef(path);
  useEffect(() => {
    const isFirst = shown.current === undefined;
    shown.current = path;
    if (!isFirst && document.activeElement === document.body) document.getElementById("content")?.focus();
  }, [path]);
}
