import { Link } from "@tanstack/react-router";
import { ApiError } from "../../api/api-error.ts";
import { explain } from "../../api/explain.ts";
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
