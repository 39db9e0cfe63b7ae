import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { z } from "zod";
import { completeSetup as contract } from "../../../shared/api/people.ts";
import { call } from "../../api/client.ts";
import { explain } from "../../api/explain.ts";
import { sessionQuery, setupQuery } from "../../api/queries.ts";
import { completeSetup } from "../../api/routes.ts";
import { Button, buttonStyle } from "../../ui/button.tsx";
import { Field, inputStyle } from "../../ui/field.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { Entrance } from "./entrance.tsx";

const route = getRouteApi("/setup");

export function SetupPage() {
  const { token } = route.useSearch();
  const { data: setup, isPending } = useQuery(setupQuery);
  const navigate = useNavigate();
  if (isPending)
    return (
      <Entrance title="Set up Patchbay" lead="Asking the server whether it has an administrator.">
        <Skeleton className="h-60" />
      </Entrance>
    );
  if (setup?.needed === false)
    return (
      <Entrance title="Already set up" lead="This server has an administrator, so its one-time link has done its work.">
        <Link to="/sign-in" className={buttonStyle({ look: "primary" })}>
          Sign in
        </Link>
      </Entrance>
    );
  if (!token)
    return (
      <Entrance title="Set up Patchbay" lead="The link to this page is incomplete.">
        <p className="text-sm">
          Copy the whole link from the terminal in which the server was started. It ends in{" "}
          <code className="font-mono text-xs">/setup?token=…</code>
        </p>
      </Entrance>
    );
  return (
    <Entrance title="Set up Patchbay" lead="Create the first administrator of this server. The link works once.">
      <SetupForm token={token} onDone={() => void navigate({ to: "/" })} />
    </Entrance>
  );
}

type Answers = { name: string; email: string; password: string };
const fields: readonly { key: keyof Answers; label: string; type: string; autoComplete: string; help?: string }[] = [
  { key: "name", label: "Your name", type: "text", autoComplete: "name" },
  { key: "email", label: "E-mail", type: "email", autoComplete: "username", help: "You sign in with it. Nothing is sent to it." },
  { key: "password", label: "Password", type: "password", autoComplete: "new-password", help: "At least 10 characters." },
];

/** Checked with the contract's own schema, so that the rules and their words are the server's. */
function SetupForm({ token, onDone }: { token: string; onDone: () => void }) {
  const client = useQueryClient();
  const [answers, setAnswers] = useState<Answers>({ name: "", email: "", password: "" });
  const [asked, setAsked] = useState(false);
  const checked = contract.body.safeParse({ token, ...answers });
  const errors = asked && !checked.success ? firstErrors(checked.error) : {};
  const create = useMutation({
    mutationFn: (body: z.input<typeof contract.body>) => call(completeSetup, { body }),
    onSuccess: (session) => {
      client.setQueryData(sessionQuery.queryKey, session);
      client.setQueryData(setupQuery.queryKey, { needed: false });
      onDone();
    },
  });
  return (
    <form
      noValidate
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        setAsked(true);
        if (checked.success) create.mutate(checked.data);
        else focusFirst(event.currentTarget, firstErrors(checked.error));
      }}
    >
      {fields.map((field) => (
        <Field key={field.key} label={field.label} help={field.help} error={errors[field.key]} required>
          {(control) => (
            <input
              {...control}
              name={field.key}
              type={field.type}
              autoComplete={field.autoComplete}
              value={answers[field.key]}
              onChange={(event) => setAnswers({ ...answers, [field.key]: event.target.value })}
              className={`${inputStyle} h-8`}
            />
          )}
        </Field>
      ))}
      {create.error && (
        <p role="alert" className="rounded-control bg-failed-tint px-3 py-2 text-failed-text text-sm">
          {explain(create.error).why} Start the server again to get a new link if this one was used or is too old.
        </p>
      )}
      <Button type="submit" look="primary" busy={create.isPending}>
        Create administrator
      </Button>
    </form>
  );
}

function focusFirst(form: HTMLFormElement, errors: Partial<Record<string, string>>): void {
  const wrong = fields.find((field) => errors[field.key]);
  if (wrong) form.querySelector<HTMLElement>(`[name="${wrong.key}"]`)?.focus();
}

function firstErrors(error: z.ZodError): Partial<Record<string, string>> {
  const found: Partial<Record<string, string>> = {};
  for (const issue of error.issues) found[String(issue.path[0])] ??= sentence(issue.message);
  return found;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
