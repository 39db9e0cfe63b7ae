import { Link, type LinkProps } from "@tanstack/react-router";
import { clsx } from "clsx";
import { ChevronLeft, ChevronRight } from "lucide-react";
import type { ReactNode } from "react";
import { ConnectionState } from "./connection-state.tsx";

/** `back`: it is the way back from what was begun here. */
export type Crumb = { label: string; link?: LinkProps; back?: boolean };

/**
 * A page: top bar with breadcrumb and connection, then its content. `width` is `reading` (at most 1,200 px, scrolls),
 * `table` (all of it, scrolls) or `fill` (all of it, the page divides it).
 */
export function Page({
  crumbs,
  width,
  children,
}: {
  crumbs: readonly Crumb[];
  width: "reading" | "table" | "fill";
  children: ReactNode;
}) {
  const names = crumbs.map((crumb) => crumb.label).toReversed();
  return (
    <>
      <title>{[...names, "Patchbay"].join(" · ")}</title>
      <header className="flex h-top-bar shrink-0 items-center gap-4 border-line border-b px-6">
        <nav aria-label="Breadcrumb" className="min-w-0 flex-1">
          <ol className="flex min-w-0 items-center gap-1.5 text-sm">
            {crumbs.map((crumb, index) => (
              <li
                key={crumb.label}
                className={clsx("flex min-w-0 items-center gap-1.5", index === crumbs.length - 1 ? "" : "shrink-0")}
              >
                {index > 0 && <ChevronRight className="size-3.5 shrink-0 text-faint" aria-hidden="true" />}
                {crumb.link ? (
                  <Link
                    {...crumb.link}
                    className="inline-flex items-center gap-1 truncate rounded-small text-muted hover:text-text"
                  >
                    {crumb.back && <ChevronLeft className="size-3.5 shrink-0" aria-hidden="true" />}
                    {crumb.label}
                  </Link>
                ) : (
                  <span aria-current="page" className="truncate font-medium">
                    {crumb.label}
                  </span>
                )}
              </li>
            ))}
          </ol>
        </nav>
        <ConnectionState />
      </header>
      <main
        id="content"
        tabIndex={-1}
        className={clsx("min-h-0 flex-1 outline-none", width === "fill" ? "flex flex-col" : "overflow-y-auto")}
      >
        {width === "reading" ? (
          <div className="p-6">
            <div className="mx-auto flex max-w-content flex-col gap-8">{children}</div>
          </div>
        ) : (
          children
        )}
      </main>
    </>
  );
}

/** Title, one line of what the page is for, its one main action at the right. */
export function PageHeader({ title, children, action }: { title: ReactNode; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className="flex items-start gap-4">
      <div className="flex min-w-0 flex-1 flex-col gap-1">
        <h1 className="flex min-w-0 items-center gap-2 font-semibold text-xl">{title}</h1>
        {children && <div className="text-muted text-sm">{children}</div>}
      </div>
      {action}
    </div>
  );
}
