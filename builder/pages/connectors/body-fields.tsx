import { Braces } from "lucide-react";
import { useState } from "react";
import { type Endpoint, EndpointBody, takesBody } from "../../../shared/connector/endpoint.ts";
import type { Parameter } from "../../../shared/connector/parameter.ts";
import { Button } from "../../ui/button.tsx";
import { type BodyKind, bodyKindOf, isWhole, usualContentType, withBodyKind } from "./body-kind.ts";
import { BodySampleDialog } from "./body-sample-dialog.tsx";
import { ChoiceField } from "./choice-field.tsx";
import { TextField } from "./text-field.tsx";

const kinds: readonly { value: BodyKind; label: string }[] = [
  { value: "json", label: "JSON fields" },
  { value: "form", label: "Form, URL-encoded" },
  { value: "multipart", label: "Multipart form, with files" },
  { value: "value", label: "One whole JSON value" },
  { value: "raw", label: "Raw text" },
];

/** How the body is written, and its content type. A method that takes no body is told so, and what it would send can be removed. */
export function BodyFields({
  endpoint,
  fieldProblem,
  onChange,
}: {
  endpoint: Endpoint;
  fieldProblem: (field: string) => string | undefined;
  onChange: (endpoint: Endpoint) => void;
}) {
  const [reading, setReading] = useState(false);
  // While the body is a whole one, the fields that it had are kept for when it has fields again.
  const [fields, setFields] = useState<readonly Parameter[]>([]);
  const kind = bodyKindOf(endpoint);
  const own = endpoint.parameters.filter(({ in: place }) => place === "body");
  if (!takesBody(endpoint.method))
    return (
      <div className="flex flex-wrap items-center gap-3 rounded-card border border-waiting-line bg-waiting-tint px-3 py-2 text-sm">
        <span className="flex-1">A {endpoint.method} request takes no body: what is declared here is not for it.</span>
        <Button
          size="small"
          onClick={() => {
            const { body: _, ...rest } = endpoint;
            onChange({ ...rest, parameters: endpoint.parameters.filter(({ in: place }) => place !== "body") });
          }}
        >
          Remove the body
        </Button>
      </div>
    );

  function change(next: BodyKind): void {
    if (!isWhole(kind)) setFields(own);
    onChange(withBodyKind(endpoint, next, fields));
  }
  function setContentType(text: string): void {
    const { body: _, ...rest } = endpoint;
    if (text !== "") onChange({ ...rest, body: { as: kind, contentType: text } });
    else onChange(kind === "json" ? rest : { ...rest, body: { as: kind } });
  }
  const contentType = endpoint.body?.contentType ?? "";
  return (
    <div className="flex flex-col gap-3">
      <div className="grid grid-cols-1 gap-4 sm:grid-cols-2">
        <ChoiceField label="Body is sent as" value={kind} options={kinds} onChange={change} />
        {kind !== "multipart" && (
          <TextField
            label="Content type"
            mono
            maxLength={120}
            placeholder={usualContentType(kind)}
            value={contentType}
            error={fieldProblem("endpoint.body.contentType") ?? contentTypeProblem(contentType)}
            onChange={setContentType}
          />
        )}
      </div>
      {isWhole(kind) && (
        <p className="text-muted text-xs">
          The one parameter below is the whole body{kind === "value" && "; its type may be a list"}.
        </p>
      )}
      {kind === "json" && (
        <Button size="small" className="self-start" onClick={() => setReading(true)}>
          <Braces aria-hidden="true" />
          Fields from a sample …
        </Button>
      )}
      {reading && <BodySampleDialog endpoint={endpoint} onClose={() => setReading(false)} onTake={onChange} />}
    </div>
  );
}

/** The reason why a text is no content type, before it is saved. */
export function contentTypeProblem(text: string): string | undefined {
  const parsed = EndpointBody.safeParse({ as: "raw", ...(text !== "" && { contentType: text }) });
  return parsed.error?.issues[0]?.message;
}
