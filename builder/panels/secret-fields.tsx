import { useEffect, useRef } from "react";
import { Field } from "../ui/field.tsx";
import { Choice, Input } from "../ui/input.tsx";
import { Segmented } from "../ui/segmented.tsx";
import { CopiedLine } from "./copied-line.tsx";

export type SecretChoice = {
  how: "generate" | "given" | "keep";
  given: string;
  overlap: "0" | "3600000" | "86400000" | "604800000";
};

/** What was made for the sender just now. */
export type Made = { secret: string | null; verifyToken: string | null };

/** What the server is told: `null` while a secret of the sender's is not entered yet. */
export function chosenSecret({ how, given }: SecretChoice): { given: string } | "generate" | "keep" | null {
  if (how !== "given") return how;
  return given === "" ? null : { given };
}

const overlaps = [
  { value: "0", label: "At once" },
  { value: "3600000", label: "After an hour" },
  { value: "86400000", label: "After a day" },
  { value: "604800000", label: "After a week" },
] as const;

/** Whose secret it is, and, where there is one already, when the old one ends. */
export function SecretFields({
  choice,
  exists,
  required = true,
  onChange,
}: {
  choice: SecretChoice;
  exists: boolean;
  /** False: the sender's own may be entered later. */
  required?: boolean;
  onChange: (choice: SecretChoice) => void;
}) {
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-col gap-1.5">
        <span className="font-medium text-sm">Secret</span>
        <Segmented
          label="Secret"
          value={choice.how}
          onChange={(how) => onChange({ ...choice, how })}
          segments={[
            ...(exists ? [{ value: "keep" as const, label: "Keep" }] : []),
            { value: "generate", label: "Generate" },
            { value: "given", label: "The sender's own" },
          ]}
        />
      </div>
      {choice.how === "given" && (
        <Field label="The sender's secret" help="A public key or a key set is entered the same way." required={required}>
          {(control) => (
            <Input
              {...control}
              type="password"
              autoComplete="off"
              value={choice.given}
              onChange={({ target }) => onChange({ ...choice, given: target.value })}
            />
          )}
        </Field>
      )}
      {exists && choice.how !== "keep" && (
        <Field label="The old secret ends" help="Until then both count, so that no event is lost while the sender changes over.">
          {(control) => (
            <Choice
              {...control}
              value={choice.overlap}
              options={overlaps}
              onChange={(overlap) => onChange({ ...choice, overlap })}
            />
          )}
        </Field>
      )}
    </div>
  );
}

/** What was made just now, for the one time that it is shown. */
export function SecretOnce({ secret, what = "Signing secret" }: { secret: string; what?: string }) {
  const place = useRef<HTMLDivElement>(null);
  // The button that made it is gone: the keyboard goes on here, unless somebody has moved it elsewhere.
  useEffect(() => {
    if (document.activeElement === document.body) place.current?.focus();
  }, []);
  return (
    <div
      ref={place}
      role="status"
      tabIndex={-1}
      className="flex flex-col gap-1.5 rounded-card border border-waiting-line bg-waiting-tint p-3"
    >
      <span className="font-medium text-sm">{what}</span>
      <CopiedLine text={secret} what={what === "Signing secret" ? "secret" : what.toLowerCase()} />
      <p className="text-xs">Copy it now and give it to whoever {what === "Token" ? "calls" : "sends"}: it is not shown again.</p>
    </div>
  );
}
