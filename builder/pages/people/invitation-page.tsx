import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { call } from "../../api/client.ts";
import { explain } from "../../api/explain.ts";
import { forgetPerson, sessionQuery } from "../../api/queries.ts";
import { acceptInvitation, previewInvitation } from "../../api/routes.ts";
import { Button, buttonStyle } from "../../ui/button.tsx";
import { Field } from "../../ui/field.tsx";
import { Input } from "../../ui/input.tsx";
import { ProblemLine } from "../../ui/problem-line.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { Entrance } from "./entrance.tsx";
import { roleWords } from "./role-words.ts";

const route = getRouteApi("/invitation");

/** Where an invitation link leads: makes the account and signs in. */
export function InvitationPage() {
  const { token = "" } = route.useSearch();
  const preview = useQuery({
    queryKey: ["invitation", token],
    queryFn: ({ signal }) => call(previewInvitation, { body: { token } }, signal),
    retry: false,
  });
  if (preview.isPending)
    return (
      <Entrance title="Invitation" lead="Looking at the invitation.">
        <Skeleton className="h-60" />
      </Entrance>
    );
  if (preview.error)
    return (
      <Entrance title="This invitation is not good" lead="It was used, is too old, was revoked, or the link is incomplete.">
        <p className="text-sm">Ask an administrator for a new one.</p>
        <Link to="/sign-in" className={buttonStyle({ look: "secondary" })}>
          Sign in
        </Link>
      </Entrance>
    );
  const { workspace, role } = preview.data;
  return (
    <Entrance title={`Join ${workspace}`} lead={`You are invited as ${roleWords[role].one}, who ${roleWords[role].may}.`}>
      <AcceptForm token={token} />
    </Entrance>
  );
}

function AcceptForm({ token }: { token: string }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const accept = useMutation({
    mutationFn: () => call(acceptInvitation, { body: { token, name, email, password } }),
    async onSuccess(session) {
      // Somebody else may have been signed in here.
      forgetPerson(client);
      client.setQueryData(sessionQuery.queryKey, session);
      await navigate({ to: "/" });
    },
  });
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        accept.mutate();
      }}
    >
      <Field label="Your name" required>
        {(control) => (
          <Input
            {...control}
            autoComplete="name"
            maxLength={120}
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        )}
      </Field>
      <Field label="E-mail" required help="You sign in with it. Nothing is sent to it.">
        {(control) => (
          <Input
            {...control}
            type="email"
            autoComplete="username"
            value={email}
            onChange={(event) => setEmail(event.target.value)}
          />
        )}
      </Field>
      <Field label="Password" required help="At least 10 characters.">
        {(control) => (
          <Input
            {...control}
            type="password"
            autoComplete="new-password"
            minLength={10}
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
        )}
      </Field>
      {accept.error && <ProblemLine text={explain(accept.error).why} />}
      <Button type="submit" look="primary" busy={accept.isPending}>
        Join
      </Button>
    </form>
  );
}
