import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { WaitPage } from "../../shared/api/waits.ts";
import { formProblems } from "../../shared/flow/check-form.ts";
import type { FormField } from "../../shared/flow/form-field.ts";
import type { Json } from "../../shared/json.ts";
import { ApiError } from "../api/api-error.ts";
import { call } from "../api/client.ts";
import { decideWait, waitQuery } from "../api/wait-routes.ts";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { TextArea } from "../ui/input.tsx";
import { FilledField } from "./filled-field.tsx";

type Decision = "approved" | "rejected";
type Filled = Record<string, Json>;

/** The form of an approval, with a comment and the two buttons. Whoever rejects need not fill the form in. */
export function Decide({ token, page, large }: { token: string; page: WaitPage; large: boolean }) {
  const client = useQueryClient();
  const [filled, setFilled] = useState<Filled>(() => unticked(page.form));
  const [comment, setComment] = useState("");
  const [problems, setProblems] = useState<ReadonlyMap<string, string>>(new Map());
  const decide = useMutation({
    mutationFn: (decision: Decision) =>
      call(decideWait, {
        params: { token },
        body: { decision, form: decision === "approved" ? filled : given(filled), comment },
      }),
    onSuccess: (now) => client.setQueryData(waitQuery(token).queryKey, now),
    onError(error) {
      const issues = issuesOf(error);
      if (issues.length > 0) setProblems(byField(issues));
      else void client.invalidateQueries({ queryKey: waitQuery(token).queryKey });
    },
  });
  const approve = () => {
    const found = byField(formProblems(page.form, filled));
    setProblems(found);
    if (found.size === 0) decide.mutate("approved");
  };
  const button = large ? "min-h-11 flex-1 text-base" : "";
  return (
    <form
      noValidate
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (!decide.isPending) approve();
      }}
    >
      {page.form.map((field) => (
        <FilledField
          key={field.key}
          field={field}
          value={filled[field.key]}
          problem={problems.get(field.key)}
          large={large}
          onChange={(value) => {
            setFilled({ ...filled, [field.key]: value });
            setProblems(new Map([...problems].filter(([key]) => key !== field.key)));
          }}
        />
      ))}
      <Field label="Comment" help="Optional. It is kept with the decision.">
        {(control) => (
          <TextArea
            {...control}
            rows={2}
            maxLength={2_000}
            className={large ? "text-base" : undefined}
            value={comment}
            onChange={(event) => setComment(event.target.value)}
          />
        )}
      </Field>
      <div className="flex gap-3">
        <Button
          look="primary"
          type="submit"
          className={button}
          busy={decide.isPending && decide.variables === "approved"}
          disabled={decide.isPending && decide.variables === "rejected"}
        >
          Approve
        </Button>
        <Button
          className={button}
          busy={decide.isPending && decide.variables === "rejected"}
          disabled={decide.isPending && decide.variables === "approved"}
          onClick={() => decide.mutate("rejected")}
        >
          Reject
        </Button>
      </div>
      {decide.error && issuesOf(decide.error).length === 0 && (
        <p role="alert" className="text-failed-text text-sm first-letter:uppercase">
          {decide.error.message}.
        </p>
      )}
    </form>
  );
}

/** A box that is not ticked says no. */
function unticked(form: readonly FormField[]): Filled {
  return Object.fromEntries(form.flatMap(({ key, type }) => (type === "yes-no" ? [[key, false]] : [])));
}

/** Without what was left empty. */
function given(filled: Filled): Filled {
  return Object.fromEntries(Object.entries(filled).filter(([, value]) => value !== "" && value !== null));
}

type Issue = { field: string; message: string };

function byField(issues: readonly Issue[]): Map<string, string> {
  return new Map(issues.map(({ field, message }) => [field, message]));
}

function issuesOf(error: unknown): Issue[] {
  const issues = error instanceof ApiError ? error.details?.issues : undefined;
  return Array.isArray(issues)
    ? issues.filter(({ field, message }) => typeof field === "string" && typeof message === "string")
    : [];
}
