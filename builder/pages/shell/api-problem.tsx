import { Link } from "@tanstack/react-router";
import { ApiError } from "../../api/api-error.ts";
import { Button, buttonStyle } from "../../ui/button.tsx";
import { Problem } from "../../ui/problem.tsx";

/** A failed call in the place of its answer. `what` says what could not be done: "The runs could not be loaded". */
export function ApiProblem({ error, what, onRetry }: { error: Error; what: string; onRetry?: () => void }) {
  const { why, todo } = explain(error);
  // What does not exist does not come to be by asking again.
  const isGone = error instanceof ApiError && error.status === 404;
  return (
    <Problem
      what={what}
      why={why}
      todo={todo}
      requestId={error instanceof ApiError ? error.requestId : null}
      action={
        isGone ? (
          <Link to="/" className={buttonStyle()}>
            Go to Home
          </Link>
        ) : (
          onRetry && <Button onClick={onRetry}>Try again</Button>
        )
      }
    />
  );
}

/** Why a call failed and what to do, in sentences. */
export function explain(error: Error): { why: string; todo: string } {
  if (!(error instanceof ApiError))
    return {
      why: `The interface itself failed: ${error.message}.`,
      todo: "Reload the page. If it happens again, report it with this message.",
    };
  if (error.status === 0)
    return {
      why: "The server did not answer.",
      todo: "Check that it is running and that this machine can reach it, then try again.",
    };
  if (error.status === 404)
    return { why: `The server does not know it: ${error.message}.`, todo: "Check the address. It may have been deleted." };
  if (error.status === 403) return { why: "Your role does not allow it.", todo: "Ask an administrator of this workspace." };
  if (error.status === 503)
    return { why: `The server cannot do it now: ${error.message}.`, todo: "Wait a moment, then try again." };
  if (error.status >= 500)
    return {
      why: `The server failed: ${error.message}.`,
      todo: "Try again. The server's log has the details under the request id.",
    };
  return { why: `The server refused: ${error.message}.`, todo: "Check what was asked for, then try again." };
}
