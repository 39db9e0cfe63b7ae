import type { ConnectionCheck } from "../../../shared/api/connections.ts";

const words: Record<ConnectionCheck["outcome"], string> = {
  broken: "The API refused these credentials",
  unreachable: "The API could not be reached",
  "needs-authorization": "Somebody has to sign in at the provider",
  healthy: "The API accepted them",
  unchecked: "Nothing was checked",
};

/** The API's own answer to the credentials. */
export function CheckFailed({ check }: { check: ConnectionCheck }) {
  return (
    <div role="alert" className="rounded-card border border-failed-line bg-failed-tint px-3 py-2 text-sm">
      <p className="font-medium text-failed-text">{words[check.outcome]}</p>
      <p className="break-words">{check.message}</p>
    </div>
  );
}
