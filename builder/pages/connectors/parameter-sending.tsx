import type { Parameter, ParameterStyle } from "../../../shared/connector/parameter.ts";
import { Checkbox } from "../../ui/checkbox.tsx";
import type { BodyKind } from "./body-kind.ts";
import { ChoiceField } from "./choice-field.tsx";
import { canExplode, sentExample, stylesFor } from "./parameter-styles.ts";
import { TextField } from "./text-field.tsx";

const words: Record<ParameterStyle, string> = {
  form: "form",
  simple: "simple, with commas",
  label: "label, with dots",
  matrix: "matrix, with semicolons",
  spaceDelimited: "spaceDelimited",
  pipeDelimited: "pipeDelimited",
  deepObject: "deepObject, with brackets",
  json: "JSON text",
};

/** How a parameter stands in the request: its name there, the style of lists and objects, files. */
export function ParameterSending({
  parameter,
  body,
  onChange,
}: {
  parameter: Parameter;
  body: BodyKind;
  onChange: (parameter: Parameter) => void;
}) {
  const { wireName, style, explode, file, ...rest } = parameter;
  const offered = stylesFor(parameter, body);
  const mayBeFile = parameter.in === "body" && body === "multipart";
  // The path names a parameter by its key, and a whole body has no name.
  const hasName = parameter.in !== "path" && !(parameter.in === "body" && (body === "raw" || body === "value"));
  if (offered.length === 0 && !mayBeFile && !hasName) return null;
  const now: ParameterStyle | "usual" = style ?? "usual";
  const explodes =
    explode ?? (style === undefined || style === "form" ? parameter.in !== "path" && parameter.in !== "header" : false);
  return (
    <>
      {hasName && (
        <TextField
          label="Name on the wire"
          mono
          help="Only where the API's name is another one, e.g. when two parameters share it."
          placeholder={parameter.key}
          maxLength={120}
          value={wireName ?? ""}
          onChange={(next) => onChange(next === "" ? withoutName(parameter) : { ...parameter, wireName: next })}
        />
      )}
      {offered.length > 0 && (
        <div className="flex flex-col gap-2">
          <ChoiceField
            label="Style"
            value={now}
            options={[
              { value: "usual", label: "The usual one" },
              ...offered.map((each) => ({ value: each, label: words[each] })),
            ]}
            onChange={(next) => {
              const kept = { ...rest, ...(wireName !== undefined && { wireName }), ...(file !== undefined && { file }) };
              onChange(next === "usual" ? kept : { ...kept, style: next });
            }}
          />
          {style !== undefined && canExplode(style) && (
            <Checkbox checked={explodes} onChange={(checked) => onChange({ ...parameter, explode: checked })}>
              Write each value apart (explode)
            </Checkbox>
          )}
          <p className="text-muted text-xs">
            Is sent as <code className="break-all font-mono text-text">{sentExample(parameter)}</code>
          </p>
        </div>
      )}
      {mayBeFile && (
        <Checkbox
          checked={file === true}
          onChange={(checked) => {
            const { file: _, ...plain } = parameter;
            onChange(checked ? { ...plain, type: "string", file: true } : plain);
          }}
        >
          It is a file: people choose one, steps give a text or {"{name, type, base64}"}
        </Checkbox>
      )}
    </>
  );
}

function withoutName({ wireName: _, ...parameter }: Parameter): Parameter {
  return parameter;
}
