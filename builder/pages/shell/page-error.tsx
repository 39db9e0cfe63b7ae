import { type ErrorComponentProps, useRouter } from "@tanstack/react-router";
import { ApiProblem } from "./api-problem.tsx";

/** When a page cannot be shown at all. */
export function PageError({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  return (
    <main className="h-full overflow-y-auto">
      <ApiProblem
        error={error instanceof Error ? error : new TypeError(String(error))}
        what="This page cannot be shown"
        onRetry={() => {
          reset();
          void router.invalidate();
        }}
      />
    </main>
  );
}
