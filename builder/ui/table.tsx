import { clsx } from "clsx";
import type { KeyboardEvent, ReactNode } from "react";

export type Column<Row> = {
  key: string;
  header: ReactNode;
  cell: (row: Row) => ReactNode;
  /** A Tailwind width; the column without one takes what is left. */
  width?: string;
  align?: "right";
  /** Left out where the window is narrow. */
  wideOnly?: boolean;
};

/**
 * Rows of 36 px under a header that stays. The first column holds the row's link; arrow keys move between these links, Enter
 * follows one, and a click anywhere on the row does the same.
 */
export function Table<Row>({
  label,
  columns,
  rows,
  rowKey,
  rowTestId,
}: {
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
  rowTestId?: string;
}) {
  return (
    <table aria-label={label} className="w-full table-fixed border-separate border-spacing-0 text-sm">
      <thead>
        <tr>
          {columns.map((column) => (
            <th
              key={column.key}
              scope="col"
              className={clsx(
                "sticky top-0 z-10 h-8 border-line border-b bg-page px-3 text-left font-medium text-muted text-xs first:pl-6 last:pr-6",
                column.width,
                column.align === "right" && "text-right",
                column.wideOnly && "max-xl:hidden",
              )}
            >
              {column.header}
            </th>
          ))}
        </tr>
      </thead>
      <tbody onKeyDown={walk}>
        {rows.map((row) => (
          <tr
            key={rowKey(row)}
            data-testid={rowTestId}
            onClick={follow}
            className="group cursor-pointer hover:bg-hover has-[a:focus-visible]:bg-hover"
          >
            {columns.map((column) => (
              <td
                key={column.key}
                className={clsx(
                  "h-9 truncate border-line border-b px-3 first:pl-6 last:pr-6",
                  column.align === "right" && "text-right tabular-nums",
                  column.wideOnly && "max-xl:hidden",
                )}
              >
                {column.cell(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Marks the link of a row, in its first cell. */
export const rowLink = "block truncate font-medium -outline-offset-2";

function walk(event: KeyboardEvent<HTMLTableSectionElement>): void {
  const links = [...event.currentTarget.querySelectorAll<HTMLElement>("td:first-child a, td:first-child button")];
  const focused = document.activeElement;
  const at = focused instanceof HTMLElement ? links.indexOf(focused) : -1;
  if (at < 0) return;
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: links.length - 1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  links[Math.min(Math.max(to, 0), links.length - 1)]?.focus();
}

function follow(event: React.MouseEvent<HTMLTableRowElement>): void {
  const { target, currentTarget: row } = event;
  // A link or button inside the row has its own meaning, and a selection of text is no click. React also tells the row of clicks in
  // the menus and windows that it has opened, which lie elsewhere in the document.
  if (!(target instanceof Element) || !row.contains(target) || target.closest("a, button")) return;
  if (window.getSelection()?.toString()) return;
  row.querySelector<HTMLElement>("td:first-child a, td:first-child button")?.click();
}
