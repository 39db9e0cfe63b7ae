import { Link } from "@tanstack/react-router";

const labels = { webhooks: "Incoming webhooks", endpoints: "Endpoints" } as const;

/** What is not there yet, with the way to where it is made. */
export function ElsewhereFirst({
  connector,
  section,
  children,
}: {
  connector: string;
  section: keyof typeof labels;
  children: string;
}) {
  return (
    <p className="text-sm">
      {children}{" "}
      <Link
        to="/connectors/$connector"
        params={{ connector }}
        search={{ section }}
        className="rounded-small text-accent-text underline"
      >
        {labels[section]}
      </Link>{" "}
      first.
    </p>
  );
}
