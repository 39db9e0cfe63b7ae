import { useMutation } from "@tanstack/react-query";
import { CircleCheck, Upload } from "lucide-react";
import { useId, useState } from "react";
import { logoBytesProblem } from "../../../shared/connector/check-logo.ts";
import type { Logo } from "../../../shared/connector/logo.ts";
import { ApiError } from "../../api/api-error.ts";
import { call } from "../../api/client.ts";
import { explain } from "../../api/explain.ts";
import { uploadLogo } from "../../api/routes.ts";
import { base64Of } from "../../ui/base64-of.ts";
import { Button } from "../../ui/button.tsx";
import { ConnectorLogo } from "./connector-logo.tsx";

/** More than this is not sent at all: the server would not take it. */
const mostBytes = 2 * 1_048_576;

/** Uploads a picture at once; the connector has it when its form is saved. Each rule that a file breaks has its own message. */
export function LogoField({
  name,
  logo,
  error,
  onChange,
}: {
  /** Of the connector, for the letter that stands where no picture is. */
  name: string;
  logo: Logo | undefined;
  error?: string | undefined;
  onChange: (logo: Logo | undefined) => void;
}) {
  const id = useId();
  const [tooLarge, setTooLarge] = useState<string | null>(null);
  const upload = useMutation({
    mutationFn: async (file: File) => call(uploadLogo, { body: { base64: await base64Of(file) } }),
    onSuccess: (stored) => onChange(stored.logo),
  });

  function take(file: File | undefined): void {
    if (!file) return;
    const large = file.size > mostBytes;
    setTooLarge(large ? logoBytesProblem(file.size) : null);
    if (large) upload.reset();
    else upload.mutate(file);
  }

  const problems = [...(tooLarge ? [tooLarge] : problemsOf(upload.error)), ...(error ? [`The logo ${error}.`] : [])];
  return (
    <div className="flex flex-col gap-1.5">
      <span className="font-medium text-sm">Logo</span>
      <div className="flex items-center gap-3">
        <ConnectorLogo name={name} logo={logo} size="large" />
        <label
          htmlFor={id}
          className="inline-flex h-8 cursor-pointer items-center gap-2 rounded-control border border-line-strong bg-raised px-3 font-medium text-sm shadow-raised hover:bg-hover has-[:focus-visible]:outline-2 has-[:focus-visible]:outline-accent has-[:focus-visible]:outline-offset-2"
        >
          <Upload aria-hidden="true" className="size-4" />
          {upload.isPending ? "Uploading …" : "Upload Logo"}
          <input
            id={id}
            type="file"
            accept=".png,.svg,.gif,image/png,image/svg+xml,image/gif"
            aria-describedby={`${id}-rules`}
            className="sr-only"
            disabled={upload.isPending}
            onChange={(event) => {
              take(event.target.files?.[0]);
              // The same file may be chosen again after it was put right.
              event.target.value = "";
            }}
          />
        </label>
        {logo && (
          <Button
            look="quiet"
            onClick={() => {
              upload.reset();
              onChange(undefined);
            }}
          >
            Remove
          </Button>
        )}
      </div>
      <div id={`${id}-rules`} className="text-muted text-xs">
        PNG, SVG or GIF formats 1MB max | minimum size 420px by 120px
      </div>
      {problems.length > 0 ? (
        <ul role="alert" className="flex flex-col gap-0.5 text-failed-text text-xs">
          {problems.map((problem) => (
            <li key={problem}>{problem}</li>
          ))}
        </ul>
      ) : (
        upload.isSuccess && (
          <p role="status" className="flex items-center gap-1.5 text-succeeded-text text-xs">
            <CircleCheck aria-hidden="true" className="size-3.5" />
            File uploaded successfully.
          </p>
        )
      )}
    </div>
  );
}

function problemsOf(error: Error | null): string[] {
  if (!error) return [];
  const issues = error instanceof ApiError ? error.details?.issues : undefined;
  const messages = Array.isArray(issues)
    ? issues.flatMap((issue: unknown) =>
        typeof issue === "object" && issue !== null && "message" in issue ? [String(issue.message)] : [],
      )
    : [];
  return messages.length > 0 ? messages : [explain(error).why];
}
