import { clsx } from "clsx";
import type { JsonChange, JsonChanges } from "../../../shared/flow/json-changes.ts";
import { differingPart } from "./differing-part.ts";

/** What the two sides are called. */
export type SideNames = readonly [before: string, after: string];

/** Where two values differ: each place with its two sides, aligned, and the part that differs marked. */
export function JsonChangesTable({ changes, sides }: { changes: JsonChanges; sides: SideNames }) {
  return (
    <div className="flex flex-col gap-1.5">
      <table
        aria-label="Differences"
        className="w-full table-fixed border-separate border-spacing-0 overflow-hidden rounded-control border border-line text-xs"
      >
        <thead>
          <tr className="text-left text-muted [&_th]:border-line [&_th]:border-b [&_th]:bg-panel [&_th]:px-2.5 [&_th]:py-1 [&_th]:font-medium">
            <th scope="col" className="w-[28%]">
              Path
            </th>
            <th scope="col">{sides[0]}</th>
            <th scope="col">{sides[1]}</th>
          </tr>
        </thead>
        <tbody className="[&_tr:not(:last-child)>*]:border-line [&_tr:not(:last-child)>*]:border-b">
          {changes.places.map((place) => (
            <Place key={place.path} place={place} />
          ))}
        </tbody>
      </table>
      {changes.more > 0 && (
        <p className="text-muted text-xs">
          And at {changes.more.toLocaleString("en")} more {changes.more === 1 ? "place" : "places"}.
        </p>
      )}
    </div>
  );
}

const cell = "px-2.5 py-1.5 align-top";

function Place({ place: { path, before, after } }: { place: JsonChange }) {
  const part = before !== undefined && after !== undefined ? differingPart(before, after) : null;
  return (
    <tr>
      <th scope="row" className={clsx(cell, "wrap-anywhere text-left font-normal")}>
        {path === "" ? <span className="text-muted">the whole value</span> : <code className="font-mono">{path}</code>}
      </th>
      <td className={cell}>
        <Side text={before} part={part && { ...part, middle: part.before }} mark="bg-pressed text-text" />
      </td>
      <td className={cell}>
        <Side text={after} part={part && { ...part, middle: part.after }} mark="bg-waiting-tint text-waiting-text" />
      </td>
    </tr>
  );
}

type SideProps = { text: string | undefined; part: { head: string; middle: string; tail: string } | null; mark: string };

function Side({ text, part, mark }: SideProps) {
  if (text === undefined) return <span className="text-muted italic">not there</span>;
  return (
    <code className="whitespace-pre-wrap wrap-anywhere font-mono">
      {part ? (
        <>
          <span className="text-muted">{part.head}</span>
          {part.middle !== "" && <mark className={clsx("rounded-small", mark)}>{part.middle}</mark>}
          <span className="text-muted">{part.tail}</span>
        </>
      ) : (
        <mark className={clsx("rounded-small", mark)}>{text}</mark>
      )}
    </code>
  );
}
