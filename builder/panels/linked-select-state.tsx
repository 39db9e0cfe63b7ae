import { type ReactNode, useState } from "react";
import { unreachable } from "../../shared/app-error.ts";
import type { LinkOptions } from "../../shared/connector/parameter-link.ts";
import { Button, buttonStyle } from "../ui/button.tsx";
import { useNow } from "../ui/clock.ts";
import { JsonTree } from "../ui/json-tree.tsx";
import type { AskedList } from "./linked-select-query.ts";

/** What there is to say about a list besides its values: that it is asked for, what it needs first, what went wrong, that it goes on. */
export function LinkedListState({
  list,
  found,
  search,
  searchable,
  onConnect,
  onParent,
}: {
  list: AskedList;
  /** How many entries fit what was typed. */
  found: number;
  search: string;
  /** The API searches, so typing finds more than is listed. */
  searchable: boolean;
  /** Left out where no connection can be added. */
  onConnect: (() => void) | undefined;
  /** Goes to the field of another parameter; null when it is not on the page. */
  onParent: (key: string) => (() => void) | null;
}) {
  const { result, problem } = list;
  if (problem !== null) return <Trouble text={problem} action={<Retry list={list} />} />;
  if (!result) return <Note text="Asking the API …" />;
  switch (result.outcome) {
    case "needs-connection":
      return <Note text="Choose a connection first." action={onConnect && <Small text="Add connection" onClick={onConnect} />} />;
    case "needs-parameters": {
      const [parent] = result.parameters;
      const go = parent ? onParent(parent.key) : null;
      return (
        <Note
          text={`Choose ${result.parameters.map(({ name }) => `“${name}”`).join(", ")} first.`}
          action={go && <Small text={`Go to “${parent?.name}”`} onClick={go} />}
        />
      );
    }
    case "failed":
      return <Failure list={list} failed={result} />;
    case "mismatch":
      return <Mismatch message={result.message} answer={result.answer} list={list} />;
    case "listed":
      return <Listed list={list} listed={result} found={found} search={search} searchable={searchable} />;
    default:
      return unreachable(result);
  }
}

type Outcome<Name extends LinkOptions["outcome"]> = Extract<LinkOptions, { outcome: Name }>;

function Failure({ list, failed }: { list: AskedList; failed: Outcome<"failed"> }) {
  const { reason, status, message, retryAfterMs, requestId } = failed;
  if (reason === "unauthorized")
    return (
      <Trouble
        text="The API does not accept this connection any more."
        detail={message}
        action={
          <a href="/connections" target="_blank" rel="noreferrer" className={buttonStyle({ size: "small" })}>
            Reconnect …
          </a>
        }
        second={<Retry list={list} />}
      />
    );
  if (reason === "rate-limited") return <Wait list={list} message={message} waitMs={retryAfterMs ?? 0} />;
  return (
    <Trouble
      text={`The linked endpoint ${status === null ? "could not be asked: " : ""}${message}`}
      detail={requestId === undefined ? undefined : `Request id ${requestId}`}
      action={<Retry list={list} />}
    />
  );
}

/** Nobody may ask before the wait is over. */
function Wait({ list, message, waitMs }: { list: AskedList; message: string; waitMs: number }) {
  const until = list.at + waitMs;
  const now = useNow(waitMs > 0 ? "quick" : "stopped");
  const seconds = Math.ceil((until - now) / 1_000);
  return (
    <Trouble
      text={seconds > 0 ? `Too many calls: the API can be asked again in ${seconds} s.` : "There were too many calls."}
      detail={message}
      action={<Retry list={list} disabled={seconds > 0} />}
    />
  );
}

function Mismatch({ list, message, answer }: { list: AskedList } & Pick<Outcome<"mismatch">, "message" | "answer">) {
  const [shown, setShown] = useState(false);
  return (
    <>
      <Trouble
        text={`The answer is not as the link says: ${message}.`}
        action={<Retry list={list} />}
        second={<Small text={shown ? "Hide the answer" : "Show the answer"} onClick={() => setShown(!shown)} />}
      />
      {shown && (
        <div className="max-h-60 overflow-auto border-line border-t p-2">
          <JsonTree value={answer} root="body" label="Answer of the linked endpoint" />
        </div>
      )}
    </>
  );
}

function Listed({
  list,
  listed,
  found,
  search,
  searchable,
}: {
  list: AskedList;
  listed: Outcome<"listed">;
  found: number;
  search: string;
  searchable: boolean;
}) {
  const count = listed.options.length.toLocaleString("en");
  const more = list.more && <Small text="Load more" busy={list.asking} onClick={list.more} />;
  if (found === 0) {
    if (listed.options.length === 0 && search === "") return <Note text="The list is empty." action={more} />;
    return (
      <Note
        text={`Nothing fits “${search}”${listed.complete || searchable ? "." : ` among the first ${count}.`}`}
        action={more}
      />
    );
  }
  if (listed.complete || (searchable && search !== "" && !more)) return null;
  const words = searchable ? ": type to search." : search === "" ? "." : " were searched.";
  return <Note text={`The first ${count} of many${words}`} action={more} divided />;
}

function Note({ text, action, divided = false }: { text: string; action?: ReactNode; divided?: boolean }) {
  return (
    <div className={`flex min-h-10 items-center gap-2 px-3 py-1.5 text-sm ${divided ? "border-line border-t" : ""}`}>
      <p role="status" className="min-w-0 flex-1 break-words text-muted">
        {text}
      </p>
      {action}
    </div>
  );
}

function Trouble({
  text,
  detail,
  action,
  second,
}: {
  text: string;
  detail?: string | undefined;
  action: ReactNode;
  second?: ReactNode;
}) {
  return (
    <div role="alert" className="flex flex-col items-start gap-2 px-3 py-2.5 text-sm">
      <p className="break-words text-failed-text">{text}</p>
      {detail && <p className="break-all text-muted text-xs">{detail}</p>}
      <div className="flex gap-2">
        {action}
        {second}
      </div>
    </div>
  );
}

function Retry({ list, disabled = false }: { list: AskedList; disabled?: boolean }) {
  return (
    <Button size="small" busy={list.asking} disabled={disabled} onClick={list.refresh}>
      Try again
    </Button>
  );
}

function Small({ text, busy = false, onClick }: { text: string; busy?: boolean; onClick: () => void }) {
  return (
    <Button size="small" busy={busy} onClick={onClick}>
      {text}
    </Button>
  );
}
