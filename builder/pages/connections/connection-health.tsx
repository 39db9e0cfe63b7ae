import type { ConnectionSummary } from "../../../shared/api/connections.ts";
import { type LampState, State } from "../../ui/lamp.tsx";
import { RelativeTime } from "../../ui/relative-time.tsx";

const states: Record<ConnectionSummary["state"], { lamp: LampState; word: string }> = {
  healthy: { lamp: "succeeded", word: "Healthy" },
  broken: { lamp: "failed", word: "Refused" },
  "needs-authorization": { lamp: "waiting", word: "Needs re-authorisation" },
  "cooling-down": { lamp: "waiting", word: "Cooling down" },
  unverified: { lamp: "idle", word: "Not verified" },
};

/** Whether calls through a connection may be expected to work. */
export function ConnectionHealth({ connection: { state, account } }: { connection: ConnectionSummary }) {
  const { lamp, word } = states[state];
  const first = state === "needs-authorization" && account === null;
  return <State state={lamp} word={first ? "Needs authorisation" : word} className="text-sm" />;
}

/** Why calls through it do not work, and what happens next; nothing when they do. */
export function ConnectionTrouble({ connection: { state, message, retryAt } }: { connection: ConnectionSummary }) {
  switch (state) {
    case "broken":
      return message && <span className="break-words text-failed-text text-xs">{sentence(message)}</span>;
    case "needs-authorization":
      return message && <span className="break-words text-waiting-text text-xs">{sentence(message)}</span>;
    case "cooling-down":
      return (
        <span className="break-words text-waiting-text text-xs">
          {sentence(message ?? "its token endpoint fails for the moment")}
          {retryAt !== null && (
            <>
              {" It is asked again "}
              <RelativeTime at={retryAt} />.
            </>
          )}
        </span>
      );
    case "healthy":
    case "unverified":
      return null;
  }
}

/** Reasons come as parts of sentences. */
function sentence(reason: string): string {
  const text = reason.slice(0, 1).toUpperCase() + reason.slice(1);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
