import { ListChecks } from "lucide-react";

const needed = [
  [
    "Authentication details",
    "Which method the API uses, OAuth 2.0 or an API key for example, and the client or key that it gave you.",
  ],
  ["The API's documentation", "Its base URL and the endpoints that you want to call."],
  ["A sample of request and response", "To test the connector with, and to choose which data moves."],
  ["An account to connect with", "One that may be used for tests; secrets are entered with the connection, never here."],
] as const;

/** What is worth having at hand before a connector is made. */
export function Prerequisites() {
  return (
    <aside aria-labelledby="prerequisites" className="flex flex-col gap-3 rounded-card border border-line bg-panel p-5">
      <h2 id="prerequisites" className="flex items-center gap-2 font-semibold text-base">
        <ListChecks aria-hidden="true" className="size-4 text-muted" />
        Before you begin
      </h2>
      <dl className="flex flex-col gap-3 text-sm">
        {needed.map(([name, why]) => (
          <div key={name} className="flex flex-col gap-0.5">
            <dt className="font-medium">{name}</dt>
            <dd className="text-muted">{why}</dd>
          </div>
        ))}
      </dl>
    </aside>
  );
}
