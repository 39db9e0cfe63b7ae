import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useRouter } from "@tanstack/react-router";
import { useState } from "react";
import { ApiError } from "../../api/api-error.ts";
import { call } from "../../api/client.ts";
import { explain } from "../../api/explain.ts";
import { sessionQuery, setupQuery } from "../../api/queries.ts";
import { signIn } from "../../api/routes.ts";
import { Button } from "../../ui/button.tsx";
import { Field, inputStyle } from "../../ui/field.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { Entrance } from "./entrance.tsx";

const route = getRouteApi("/sign-in");

export function SignInPage() {
  const { next } = route.useSearch();
  const { data: setup, isPending } = useQuery(setupQuery);
  const router = useRouter();
  if (isPending)
    return (
      <Entrance title="Sign in" lead="To your workspace on this server.">
        <Skeleton className="h-40" />
      </Entrance>
    );
  if (setup?.needed)
    return (
      <Entrance title="Set up Patchbay" lead="This server has no administrator yet.">
        <p className="text-sm">
          Open the one-time link that the server printed in its terminal when it started. It ends in{" "}
          <code className="font-mono text-xs">/setup?token=…</code>
        </p>
      </Entrance>
    );
  return (
    <Entrance title="Sign in" lead="To your workspace on this server.">
      <SignInForm onDone={() => router.history.push(next ?? "/")} />
    </Entrance>
  );
}

function SignInForm({ onDone }: { onDone: () => void }) {
  const client = useQueryClient();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const enter = useMutation({
    mutationFn: () => call(signIn, { body: { email, password } }),
    onSuccess: (session) => {
      client.setQueryData(sessionQuery.queryKey, session);
      onDone();
    },
  });
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        enter.mutate();
      }}
    >
      <Field label="E-mail">
        {(control) => (
          <input
            {...control}
            type="email"
            required
            autoComplete="username"
            value={email}
            onChange={(event) => setEmail(event.target.value)}
            className={`${inputStyle} h-8`}
          />
        )}
      </Field>
      <Field label="Password">
        {(control) => (
          <input
            {...control}
            type="password"
            required
            autoComplete="current-password"
            value={password}
            onChange={(event) => setPassword(event.target.value)}
            className={`${inputStyle} h-8`}
          />
        )}
      </Field>
      {enter.error && (
        <p role="alert" className="rounded-control bg-failed-tint px-3 py-2 text-failed-text text-sm">
          {refusal(enter.error)}
        </p>
      )}
      <Button type="submit" look="primary" busy={enter.isPending}>
        Sign in
      </Button>
    </form>
  );
}

function refusal(error: Error): string {
  if (error instanceof ApiError && error.status === 401) return "The e-mail and the password do not belong together. Check both.";
  const { why, todo } = explain(error);
  return `${why} ${todo}`;
}
