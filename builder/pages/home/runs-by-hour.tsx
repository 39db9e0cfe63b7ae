import { clsx } from "clsx";
import { useState } from "react";
import { formatHour } from "../../ui/format-time.ts";
import type { Overview } from "./counts.tsx";
import { chartTop, type Hour, stack } from "./stack-hours.ts";

const height = 132;
const width = 960;
const slot = width / 24;
const bar = 22;
const number = new Intl.NumberFormat();
const parts = [
  { key: "succeeded", word: "Succeeded", fill: "fill-succeeded", swatch: "bg-succeeded" },
  { key: "failed", word: "Failed", fill: "fill-failed", swatch: "bg-failed" },
  { key: "other", word: "Other", fill: "fill-line-control", swatch: "bg-line-control" },
] as const;

/** Runs by hour as stacked bars. The hour under the pointer is read out beside the legend; a reader gets a table. */
export function RunsByHour({ hours }: { hours: Overview["hours"] }) {
  const [pointed, setPointed] = useState<number | null>(null);
  const top = chartTop(hours);
  const hour = pointed === null ? undefined : hours[pointed];
  return (
    <figure className="flex flex-col gap-3 px-6 py-5">
      <figcaption className="flex items-center gap-4 text-xs">
        <span className="font-medium text-sm">Runs by hour</span>
        <span className="ml-auto text-muted tabular-nums">
          {hour && `${formatHour(hour.startsAt)} to ${formatHour(hour.startsAt + 3_600_000)}`}
        </span>
        {parts.map((part) => (
          <span key={part.key} className="flex items-center gap-1.5 text-muted tabular-nums">
            <span aria-hidden="true" className={clsx("size-2 rounded-small", part.swatch)} />
            {part.word}
            {hour && <span className="text-text">{hour[part.key]}</span>}
          </span>
        ))}
      </figcaption>
      <div className="flex gap-2">
        <div
          aria-hidden="true"
          className="flex h-32 shrink-0 flex-col justify-between text-right text-muted text-xs tabular-nums leading-none"
        >
          {/* Without a height of their own, so that each stands on its line. */}
          {[top, top / 2, 0].map((count) => (
            <span key={count} className="flex h-0 items-center justify-end">
              {number.format(count)}
            </span>
          ))}
        </div>
        <div aria-hidden="true" className="min-w-0 flex-1">
          <svg
            aria-hidden="true"
            viewBox={`0 0 ${width} ${height}`}
            preserveAspectRatio="none"
            className="block h-32 w-full"
            onPointerLeave={() => setPointed(null)}
          >
            {[0, 0.5, 1].map((part) => (
              <line
                key={part}
                x1="0"
                x2={width}
                y1={height * part}
                y2={height * part}
                vectorEffect="non-scaling-stroke"
                className={part === 1 ? "stroke-line-strong" : "stroke-line"}
              />
            ))}
            {hours.map((each, index) => (
              <g key={each.startsAt} onPointerEnter={() => setPointed(index)}>
                <rect
                  x={index * slot}
                  width={slot}
                  y="0"
                  height={height}
                  className={pointed === index ? "fill-hover" : "fill-transparent"}
                />
                {stack(each, top, height).map((piece) => (
                  <rect
                    key={piece.part}
                    x={index * slot + (slot - bar) / 2}
                    width={bar}
                    y={piece.y}
                    height={piece.height}
                    className={parts.find((part) => part.key === piece.part)?.fill}
                  />
                ))}
              </g>
            ))}
          </svg>
          <div className="mt-1.5 grid grid-cols-24 text-muted text-xs tabular-nums">
            {hours.map((each, index) => (
              <span key={each.startsAt} className="flex justify-center whitespace-nowrap">
                {index % 3 === 0 && formatHour(each.startsAt)}
              </span>
            ))}
          </div>
        </div>
      </div>
      <HoursTable hours={hours} />
    </figure>
  );
}

function HoursTable({ hours }: { hours: readonly Hour[] }) {
  return (
    <table className="sr-only">
      <caption>Runs by hour</caption>
      <thead>
        <tr>
          <th scope="col">Hour</th>
          {parts.map((part) => (
            <th key={part.key} scope="col">
              {part.word}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {hours.map((hour) => (
          <tr key={hour.startsAt}>
            <th scope="row">{formatHour(hour.startsAt)}</th>
            {parts.map((part) => (
              <td key={part.key}>{hour[part.key]}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
