import { useSuspenseQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { clsx } from "clsx";
import {
  Blocks,
  House,
  Inbox,
  KeyRound,
  type LucideIcon,
  PanelLeftClose,
  PanelLeftOpen,
  Play,
  SquareTerminal,
  Store,
  Users,
  Workflow,
} from "lucide-react";
import { useSyncExternalStore } from "react";
import { sessionQuery } from "../../api/queries.ts";
import { IconButton } from "../../ui/icon-button.tsx";
import { Mark } from "../../ui/mark.tsx";
import { createPreference, usePreference } from "../../ui/preference.ts";
import { PersonFoot } from "./person-foot.tsx";
import { ThemeSwitch } from "./theme-switch.tsx";

type Area = {
  to: "/" | "/flows" | "/runs" | "/events" | "/connectors" | "/develop" | "/connections" | "/marketplace" | "/people";
  label: string;
  /** The way to the page within its area, where that is a longer one. */
  within?: string;
  icon: LucideIcon;
  administrators?: boolean;
};
const areas: readonly Area[] = [
  { to: "/", label: "Home", icon: House },
  { to: "/flows", label: "Flows", icon: Workflow },
  { to: "/runs", label: "Runs", icon: Play },
  { to: "/events", label: "Events", icon: Inbox },
  { to: "/connectors", label: "Integrations", within: "Custom Data Connectors", icon: Blocks },
  { to: "/develop", label: "Develop", within: "General App › Connect", icon: SquareTerminal, administrators: true },
  { to: "/connections", label: "Connections", icon: KeyRound },
  { to: "/marketplace", label: "Marketplace", icon: Store },
  { to: "/people", label: "People", icon: Users, administrators: true },
];

/** `auto` collapses on a narrow screen; once a person has chosen, their choice holds. */
const navWidth = createPreference("patchbay.nav", ["auto", "open", "collapsed"]);
const narrow = window.matchMedia("(max-width: 1199px)");
const onNarrow = (listener: () => void) => {
  narrow.addEventListener("change", listener);
  return () => narrow.removeEventListener("change", listener);
};

export function Nav() {
  const { data: session } = useSuspenseQuery(sessionQuery);
  const [width, setWidth] = usePreference(navWidth);
  const isNarrow = useSyncExternalStore(onNarrow, () => narrow.matches);
  const collapsed = width === "collapsed" || (width === "auto" && isNarrow);
  return (
    <nav
      aria-label="Main"
      className={clsx(
        "group flex shrink-0 flex-col border-line border-r bg-panel transition-[width]",
        collapsed ? "w-nav-collapsed items-center" : "w-nav",
      )}
    >
      <div className={clsx("flex h-top-bar w-full shrink-0 items-center gap-2.5", collapsed ? "justify-center" : "px-4")}>
        <Mark className="size-6 shrink-0" />
        {!collapsed && <span className="truncate font-semibold text-base">{session.workspace.name}</span>}
      </div>
      <ul className={clsx("flex flex-1 flex-col gap-0.5 py-2", collapsed ? "items-center" : "px-2")}>
        {areas
          .filter(({ administrators }) => !administrators || session.person.role === "administrator")
          .map((area) => (
            <li key={area.to}>
              <Link
                to={area.to}
                activeOptions={{ exact: area.to === "/", includeSearch: false }}
                aria-label={collapsed ? area.label : undefined}
                data-tip={collapsed ? [area.label, area.within].filter(Boolean).join(": ") : undefined}
                data-tip-side="right"
                className={clsx(
                  "flex min-h-8 items-center gap-2.5 rounded-control text-muted transition-colors hover:bg-hover hover:text-text data-[status=active]:bg-pressed data-[status=active]:font-medium data-[status=active]:text-text",
                  collapsed ? "w-9 justify-center" : area.within ? "px-2 py-1" : "px-2",
                )}
              >
                <area.icon className="size-4 shrink-0" aria-hidden="true" />
                {!collapsed && (
                  <span className="flex min-w-0 flex-col">
                    {area.label}
                    {area.within && (
                      <span aria-hidden="true" className="truncate font-normal text-muted text-xs">
                        {area.within}
                      </span>
                    )}
                  </span>
                )}
              </Link>
            </li>
          ))}
      </ul>
      <div className={clsx("flex flex-col gap-2 py-3", collapsed ? "items-center" : "px-3")}>
        <div className={clsx("flex gap-1", collapsed ? "flex-col items-center" : "items-center justify-between")}>
          <ThemeSwitch collapsed={collapsed} />
          <IconButton
            label={collapsed ? "Widen the navigation" : "Narrow the navigation"}
            side="right"
            onClick={() => setWidth(collapsed ? "open" : "collapsed")}
          >
            {collapsed ? <PanelLeftOpen aria-hidden="true" /> : <PanelLeftClose aria-hidden="true" />}
          </IconButton>
        </div>
        <PersonFoot person={session.person} collapsed={collapsed} />
      </div>
    </nav>
  );
}
