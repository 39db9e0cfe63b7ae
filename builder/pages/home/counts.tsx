import { Link, type LinkProps } from "@tanstack/react-router";
import type { getOverview } from "../../../shared/api/overview.ts";
import type { Response } from "../../../shared/api/route.ts";
import { Lamp, type LampState } from "../../ui/lamp.tsx";

export type Overview = Response<typeof getOverview>;

const number = new Intl.NumberFormat();

/** The day in five numbers; each leads to the list where what it counts is found. */
export function Counts({ overview }: { overview: Overview }) {
  const { events, runs, refusals } = overview;
  const counts: { label: string; count: number; lamp?: LampState; link: LinkProps }[] = [
    { label: "Events accepted", count: events, link: { to: "/events" } },
    { label: "Runs succeeded", count: runs.succeeded, lamp: "succeeded", link: { to: "/runs", search: { status: "succeeded" } } },
    { label: "Runs failed", count: runs.failed, lamp: "failed", link: { to: "/runs", search: { status: "failed" } } },
    { label: "Runs active", count: runs.active, lamp: "running", link: { to: "/runs" } },
    { label: "Deliveries refused", count: refusals, link: { to: "/events", search: { view: "refused" } } },
  ];
  return (
    <ul className="grid grid-cols-5 divide-x divide-line border-line border-b">
      {counts.map(({ label, count, lamp, link }) => (
        <li key={label}>
          <Link {...link} className="flex flex-col gap-1 px-6 py-4 -outline-offset-2 transition-colors hover:bg-hover">
            <span className="flex items-center gap-1.5 truncate text-muted text-xs">
              {lamp && <Lamp state={count > 0 ? lamp : "idle"} className="size-3" />}
              {label}
            </span>{" "}
            <span className="font-semibold text-2xl tabular-nums">{number.format(count)}</span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
