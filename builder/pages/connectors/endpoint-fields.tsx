import { withPathParameters } from "../../../shared/connector/apply-connector-edit.ts";
import { type Endpoint, effectOf, type HttpMethod } from "../../../shared/connector/endpoint.ts";
import type { Parameter } from "../../../shared/connector/parameter.ts";
import type { RateLimit } from "../../../shared/connector/rate-limit.ts";
import { withWrittenPath } from "../../../shared/connector/written-path.ts";
import { Checkbox } from "../../ui/checkbox.tsx";
import { Field } from "../../ui/field.tsx";
import { Choice, Input, TextArea } from "../../ui/input.tsx";
import { EndpointUrlPreview } from "./endpoint-url-preview.tsx";
import { LimitGroupField } from "./limit-group-field.tsx";
import { limitWords } from "./limit-rows.ts";
import { TextField } from "./text-field.tsx";

const methods: readonly HttpMethod[] = ["GET", "POST", "PUT", "PATCH", "DELETE"];
const effectWords = {
  read: "reads only",
  idempotent: "may be repeated without harm",
  unsafe: "must not be repeated blindly",
} as const;

/** Method, names, path and effect of an endpoint. Its path parameters are read from the path as it is typed. */
export function EndpointFields({
  endpoint,
  known,
  baseUrl,
  limits,
  fieldProblem,
  onChange,
}: {
  endpoint: Endpoint;
  /** As it was saved: a path parameter that is typed again is what it was. */
  known: readonly Parameter[];
  baseUrl: string;
  /** The connector's. */
  limits: readonly RateLimit[] | undefined;
  fieldProblem: (field: string) => string | undefined;
  onChange: (endpoint: Endpoint) => void;
}) {
  const { effect: _, ...withoutEffect } = endpoint;
  const { limitGroup, ...ungrouped } = endpoint;
  const { idempotencyHeader, ...withoutHeader } = endpoint;
  const usual = limits?.find(({ group }) => group === undefined);
  return (
    <fieldset className="flex min-w-0 max-w-form flex-col gap-4">
      <legend className="sr-only">Endpoint</legend>
      <Field
        label="Endpoint display name"
        required
        help="Shown in flows as the name of the method."
        error={fieldProblem("endpoint.name")}
      >
        {(control) => (
          <Input
            {...control}
            maxLength={120}
            value={endpoint.name}
            onChange={(event) => onChange({ ...endpoint, name: event.target.value })}
          />
        )}
      </Field>
      <Field label="Short description" help="Shown in flows as the description of the method.">
        {(control) => (
          <TextArea
            {...control}
            maxLength={2_000}
            value={endpoint.description ?? ""}
            onChange={(event) => onChange({ ...endpoint, description: event.target.value })}
          />
        )}
      </Field>
      <div className="grid grid-cols-[8rem_minmax(0,1fr)] gap-4">
        <Field label="Method" required>
          {(control) => (
            <Choice
              {...control}
              value={endpoint.method}
              options={methods.map((method) => ({ value: method, label: method }))}
              onChange={(method) => onChange({ ...endpoint, method })}
            />
          )}
        </Field>
        <Field
          label="Endpoint path"
          required
          help="After the base URL. Write parameters as :id or {id}; query parameters with values become defaults."
          error={fieldProblem("endpoint.path")}
        >
          {(control) => (
            <Input
              {...control}
              mono
              value={endpoint.path}
              onChange={(event) => onChange(withPath(endpoint, event.target.value, known))}
              onBlur={() => onChange(withWrittenPath(endpoint, baseUrl))}
            />
          )}
        </Field>
      </div>
      <EndpointUrlPreview endpoint={endpoint} baseUrl={baseUrl} />
      <Field
        label="Effect of a call"
        help="What happens after a crash or a lost answer depends on it."
        error={fieldProblem("endpoint.effect")}
      >
        {(control) => (
          <Choice
            {...control}
            value={endpoint.effect ?? "method"}
            options={[
              { value: "method", label: `As its method says: ${effectWords[effectOf(withoutEffect)]}` },
              { value: "read", label: "Read: it changes nothing" },
              { value: "idempotent", label: "Idempotent: repeating it changes nothing more" },
              { value: "unsafe", label: "Unsafe: each call acts again" },
            ]}
            onChange={(effect) => onChange(effect === "method" ? withoutEffect : { ...endpoint, effect })}
          />
        )}
      </Field>
      {(idempotencyHeader !== undefined || effectOf(endpoint) === "unsafe") && (
        <TextField
          label="Idempotency header"
          mono
          help="The header by which this API knows a repeated call, when it has one: with it a step may be tried again without harm."
          placeholder="Idempotency-Key"
          maxLength={128}
          value={idempotencyHeader ?? ""}
          error={fieldProblem("endpoint.idempotencyHeader")}
          onChange={(header) => onChange(header === "" ? withoutHeader : { ...endpoint, idempotencyHeader: header })}
        />
      )}
      <LimitGroupField
        limits={limits}
        group={limitGroup}
        none={usual ? `As calls without a group: ${limitWords(usual)}` : "None: calls without a group are not limited"}
        help="Which of the connector's limits its calls count in."
        error={fieldProblem("endpoint.limitGroup")}
        onChange={(group) => onChange(group === undefined ? ungrouped : { ...endpoint, limitGroup: group })}
      />
      <Checkbox checked={endpoint.billed ?? false} onChange={(checked) => onChange({ ...endpoint, billed: checked })}>
        Calls of it cost money or credits
      </Checkbox>
    </fieldset>
  );
}

function withPath(endpoint: Endpoint, path: string, known: readonly Parameter[]): Endpoint {
  const gone = known.filter(
    (each) => each.in === "path" && !endpoint.parameters.some(({ in: place, key }) => place === "path" && key === each.key),
  );
  return withPathParameters({ ...endpoint, path, parameters: [...endpoint.parameters, ...gone] });
}
