import type { HttpNode } from "../../shared/flow/http-node.ts";
import type { Json } from "../../shared/json.ts";
import { Field } from "../ui/field.tsx";
import { Choice, Input } from "../ui/input.tsx";
import { Segmented } from "../ui/segmented.tsx";
import { CallPolicy } from "./call-policy.tsx";
import { headerTexts } from "./header-texts.ts";
import type { NodeFormProps } from "./node-form-props.ts";
import { ObjectField } from "./object-field.tsx";
import { TemplateField } from "./template-field.tsx";

const methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"].map((method) => ({
  value: method as HttpNode["method"],
  label: method,
}));
const bodyTypes = [
  { value: "none", label: "None" },
  { value: "json", label: "JSON" },
  { value: "form", label: "Form" },
  { value: "text", label: "Text" },
] as const;

/** One request: where to, with what, and as whom. */
export function HttpForm({ node, context, roots, problems, disabled, onChange }: NodeFormProps<HttpNode>) {
  const shared = { roots, problems, disabled };
  return (
    <div className="flex flex-col gap-6">
      <Field label="Method" required error={problems.method}>
        {(control) => (
          <Choice
            {...control}
            disabled={disabled}
            className="w-32"
            value={node.method}
            options={methods}
            onChange={(method) => onChange({ ...node, method })}
          />
        )}
      </Field>
      <TemplateField
        label="URL"
        help={
          node.connection === null
            ? "https only, unless the operator allows another host."
            : "On the host of the connection; a path alone is enough."
        }
        error={problems.url}
        value={node.url}
        maxLength={8_000}
        optional
        roots={roots}
        disabled={disabled}
        onChange={(url) => onChange({ ...node, url }, "url")}
      />
      <Through node={node} context={context} problems={problems} disabled={disabled} onChange={onChange} />
      <ObjectField
        {...shared}
        label="Query"
        field="query"
        value={node.query}
        onChange={(value, group) => {
          const query = objectOf(value);
          if (query) onChange({ ...node, query }, group);
        }}
      />
      <ObjectField
        {...shared}
        label="Headers"
        field="headers"
        value={node.headers}
        onChange={(value, group) => {
          const headers = headerTexts(value);
          if (headers) onChange({ ...node, headers }, group);
        }}
      />
      {node.method !== "GET" && node.method !== "HEAD" && (
        <Body node={node} roots={roots} problems={problems} disabled={disabled} onChange={onChange} />
      )}
    </div>
  );
}

type Part = Pick<NodeFormProps<HttpNode>, "node" | "problems" | "disabled" | "onChange">;

/** With whose credentials; without a connection the request says only what its headers say. */
function Through({ node, context, problems, disabled, onChange }: Part & Pick<NodeFormProps, "context">) {
  const known = node.connection === null || context.connections.some(({ id }) => id === node.connection);
  return (
    <Field
      label="Connection"
      help="Sends the request with its credentials, to its host alone."
      error={problems.connection ?? problems.connector}
    >
      {(control) => (
        <Choice
          {...control}
          disabled={disabled}
          value={node.connection ?? ""}
          options={[
            { value: "", label: "None" },
            ...(known ? [] : [{ value: node.connection ?? "", label: "A connection that does not exist any more" }]),
            ...context.connections.map(({ id, name, connector }) => ({ value: id, label: `${connector.name} · ${name}` })),
          ]}
          onChange={(chosen) => {
            const connection = context.connections.find(({ id }) => id === chosen);
            onChange({ ...node, connection: connection?.id ?? null, connector: connection?.connector.key ?? null });
          }}
        />
      )}
    </Field>
  );
}

function Body({ node, roots, problems, disabled, onChange }: Part & Pick<NodeFormProps, "roots">) {
  return (
    <section aria-label="Body" className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <h3 className="min-w-0 flex-1 font-medium text-sm">Body</h3>
        <Segmented
          label="Body type"
          value={node.bodyType}
          segments={bodyTypes}
          onChange={(bodyType) => !disabled && onChange({ ...node, bodyType, body: bodyAs(bodyType, node.body) })}
        />
      </div>
      {(node.bodyType === "json" || node.bodyType === "form") && (
        <ObjectField
          label={node.bodyType === "json" ? "Content" : "Form fields"}
          field="body"
          value={node.body}
          roots={roots}
          problems={problems}
          disabled={disabled}
          onChange={(body, group) => onChange({ ...node, body }, group)}
        />
      )}
      {node.bodyType === "text" && (
        <TemplateField
          label="Text"
          error={problems.body}
          value={typeof node.body === "string" ? node.body : ""}
          maxLength={1_000_000}
          optional
          roots={roots}
          disabled={disabled}
          onChange={(body) => onChange({ ...node, body }, "body")}
        />
      )}
    </section>
  );
}

const effects = [
  { value: "", label: "As the method says" },
  { value: "read", label: "Only reads: it may be repeated" },
  { value: "idempotent", label: "Does the same once or twice: it may be repeated" },
  { value: "unsafe", label: "Must not be repeated unasked" },
] as const;

/** What a second request would do, and the limits that every call has. */
export function HttpPolicy({ node, disabled, onChange }: Part) {
  return (
    <>
      <Field label="What it does" help="Decides whether a lost request is sent again.">
        {(control) => (
          <Choice
            {...control}
            disabled={disabled}
            value={node.effect ?? ""}
            options={effects}
            onChange={(chosen) => {
              const { effect: _, ...rest } = node;
              onChange(chosen === "" ? rest : { ...node, effect: chosen });
            }}
          />
        )}
      </Field>
      <Field label="Idempotency header" help="Where the API takes a key that makes a repeated request harmless.">
        {(control) => (
          <Input
            {...control}
            mono
            disabled={disabled}
            maxLength={120}
            placeholder="Idempotency-Key"
            value={node.idempotencyHeader ?? ""}
            onChange={({ target: { value } }) => {
              const { idempotencyHeader: _, ...rest } = node;
              onChange(value === "" ? rest : { ...node, idempotencyHeader: value }, "idempotencyHeader");
            }}
          />
        )}
      </Field>
      <CallPolicy node={node} unsafe={isUnsafe(node)} disabled={disabled} onChange={onChange} />
    </>
  );
}

/** By its method (RFC 9110, 9.2), where nobody says otherwise. */
function isUnsafe({ effect, method }: HttpNode): boolean {
  return effect === undefined ? method === "POST" || method === "PATCH" : effect === "unsafe";
}

/** A body that the new type can hold: fields and JSON keep what they have in common. */
function bodyAs(type: HttpNode["bodyType"], body: Json): Json {
  if (type === "none") return null;
  if (type === "text") return typeof body === "string" ? body : body === null ? "" : JSON.stringify(body, null, 2);
  return typeof body === "string" ? {} : (body ?? {});
}

function objectOf(value: Json): Record<string, Json> | null {
  if (value === null) return {};
  return typeof value === "object" && !Array.isArray(value) ? value : null;
}
