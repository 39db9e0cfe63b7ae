import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Json } from "../../shared/json.ts";
import { call } from "../api/client.ts";
import { resumeWait, waitQuery } from "../api/wait-routes.ts";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { TextArea } from "../ui/input.tsx";

/** Lets a step go on that waits for a call. `withBody`: with what the call would have brought. */
export function Resume({ token, large, withBody }: { token: string; large: boolean; withBody: boolean }) {
  const client = useQueryClient();
  const [text, setText] = useState("");
  const body = bodyIn(text);
  const resume = useMutation({
    mutationFn: () => call(resumeWait, { params: { token }, body: { body } }),
    onSuccess: (page) => client.setQueryData(waitQuery(token).queryKey, page),
    // Somebody was faster: that is shown.
    onError: () => client.invalidateQueries({ queryKey: waitQuery(token).queryKey }),
  });
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (!resume.isPending) resume.mutate();
      }}
    >
      {withBody && (
        <Field label="Body" help="What the next steps get: JSON, or text as it is.">
          {(control) => <TextArea {...control} mono rows={3} value={text} onChange={(event) => setText(event.target.value)} />}
        </Field>
      )}
      <Button look="primary" type="submit" busy={resume.isPending} className={large ? "min-h-11 w-full text-base" : "self-start"}>
        Continue
      </Button>
      {resume.error && (
        <p role="alert" className="text-failed-text text-sm first-letter:uppercase">
          {resume.error.message}.
        </p>
      )}
    </form>
  );
}

function bodyIn(text: string): Json {
  if (text.trim() === "") return null;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}
