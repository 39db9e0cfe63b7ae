import { type ReactNode, useId } from "react";

/** One matter of a long form, with what it is for. The first has nothing above it. */
export function FormPart({
  title,
  lead,
  first = false,
  children,
}: {
  title: string;
  lead?: ReactNode;
  first?: boolean;
  children: ReactNode;
}) {
  const id = useId();
  return (
    <section aria-labelledby={id} className={`flex flex-col gap-4 ${first ? "" : "border-line border-t pt-6"}`}>
      <div className="flex flex-col gap-1">
        <h3 id={id} className="font-semibold text-base">
          {title}
        </h3>
        {lead && <p className="max-w-form text-muted text-sm">{lead}</p>}
      </div>
      <div className="flex max-w-form flex-col gap-4">{children}</div>
    </section>
  );
}
