import { useMutation } from "@tanstack/react-query";
import { SearchCheck } from "lucide-react";
import { useState } from "react";
import { call } from "../../api/client.ts";
import { explain } from "../../api/explain.ts";
import { detectSignature } from "../../api/trigger-routes.ts";
import { Button } from "../../ui/button.tsx";
import { Field } from "../../ui/field.tsx";
import { Input, TextArea } from "../../ui/input.tsx";
import { ProblemLine } from "../../ui/problem-line.tsx";
import { DetectionResult } from "./detection-result.tsx";

const example = `POST /hooks/… HTTP/1.1
Content-Type: application/json
X-Hub-Signature-256: sha256=9f86d081884c7d65…

{"action":"opened"}`;

/** A captured request and its secret: how was it signed, and why did it not match? */
export default function Detective() {
  const [raw, setRaw] = useState("");
  const [secret, setSecret] = useState("");
  const [url, setUrl] = useState("");
  const detect = useMutation({
    mutationFn: () =>
      call(detectSignature, { body: { request: { raw, ...(url.trim() !== "" && { url: url.trim() }) }, secret } }),
  });
  return (
    <div className="grid items-start gap-8 px-6 pb-8 lg:grid-cols-2">
      <form
        className="flex min-w-0 flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          detect.mutate();
        }}
      >
        <Field
          label="Request"
          help="As it was captured: request line, headers, an empty line, and the body byte for byte."
          required
        >
          {(control) => (
            <TextArea
              {...control}
              mono
              rows={14}
              spellCheck={false}
              placeholder={example}
              value={raw}
              onChange={({ target }) => setRaw(target.value)}
              className="max-h-96 min-h-64"
            />
          )}
        </Field>
        <Field label="Secret" help="It is used for this search and kept nowhere." required>
          {(control) => (
            <Input
              {...control}
              type="password"
              autoComplete="off"
              value={secret}
              onChange={({ target }) => setSecret(target.value)}
            />
          )}
        </Field>
        <Field label="URL that the sender was given" help="Only where it is signed as well, as by Square, Twilio or HubSpot.">
          {(control) => <Input {...control} mono value={url} onChange={({ target }) => setUrl(target.value)} />}
        </Field>
        {detect.error && <ProblemLine text={`${explain(detect.error).why} ${explain(detect.error).todo}`} />}
        <Button
          type="submit"
          look="primary"
          className="self-start"
          busy={detect.isPending}
          disabled={raw.trim() === "" || secret === ""}
        >
          <SearchCheck aria-hidden="true" />
          Find the signature
        </Button>
      </form>
      {detect.data ? (
        <DetectionResult detection={detect.data} />
      ) : (
        <p className="text-muted text-sm">
          It tries the library of known senders, then what signatures are usually made of: which header, which algorithm and
          encoding, how the secret becomes the key, and what was signed. Of what nearly matches it says what keeps it from
          matching.
        </p>
      )}
    </div>
  );
}
