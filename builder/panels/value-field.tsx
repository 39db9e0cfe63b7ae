import { SquareFunction } from "lucide-react";
import { lazy, type ReactNode, Suspense, useRef, useState } from "react";
import type { ParameterType } from "../../shared/connector/parameter.ts";
import type { Json } from "../../shared/json.ts";
import { Field, type FieldControl, inputStyle } from "../ui/field.tsx";
import { IconButton } from "../ui/icon-button.tsx";
import { Choice } from "../ui/input.tsx";
import { type DataRoot, pathsOf } from "./data-roots.ts";
import { ExpressionInput } from "./expression-input.tsx";
import { insertPath, isExpression, isJsonata } from "./expression-text.ts";
import { useInsertTarget } from "./insert-target.ts";
import { JsonInput } from "./json-input.tsx";

const CodeDialog = lazy(() => import("./code-dialog.tsx"));

export type ValueFieldProps = {
  label: string;
  help?: string | undefined;
  error?: string | undefined;
  required?: boolean;
  /** `any`: text, unless it is written as JSON elsewhere. */
  type: ParameterType | "any";
  /** Allowed values, when they are few and fixed. */
  choices?: readonly string[] | undefined;
  schema?: Json | undefined;
  value: Json | undefined;
  /** What expressions may refer to; null where only fixed values are allowed. */
  roots: readonly DataRoot[] | null;
  disabled?: boolean;
  /** Undefined: the value is taken away. */
  onChange: (value: Json | undefined) => void;
  /** Another control for the fixed value, e.g. a list. */
  fixed?: ((control: FieldControl) => ReactNode) | undefined;
  /** More at the right of the label. */
  action?: ReactNode;
  /** Expressions are paths alone: what fills them in knows no JSONata. */
  pathsOnly?: boolean;
  /** While it is empty it asks for an expression: a fixed value is rare here. */
  expressionFirst?: boolean;
};

/** One input: a fixed value of its type, or an expression. `=` in an empty field switches to an expression. */
export function ValueField(props: ValueFieldProps) {
  const { label, help, error, required = false, value, roots, disabled = false, onChange, action } = props;
  const [asked, setAsked] = useState(() => (props.expressionFirst ?? false) && value === undefined);
  // What is typed into a fixed value may make it an expression, whose field is another one.
  const typing = useRef(false);
  const expression = roots !== null && (asked || isExpression(value));
  const switcher = roots !== null && (
    <IconButton
      label={expression ? `Use a fixed value for ${label}` : `Use an expression for ${label}`}
      aria-pressed={expression}
      disabled={disabled}
      className={expression ? "bg-accent-tint text-accent-text" : undefined}
      onClick={() => {
        setAsked(!expression);
        typing.current = false;
        if (expression && isExpression(value)) onChange(undefined);
      }}
    >
      <SquareFunction aria-hidden="true" />
    </IconButton>
  );
  const actions = (
    <>
      {switcher}
      {action}
    </>
  );
  if (expression)
    return (
      <ExpressionField
        {...{ label, help, error, required, value, roots, disabled, actions }}
        pathsOnly={props.pathsOnly ?? false}
        takesKeyboard={typing.current}
        onChange={(text) => {
          // While it is typed into it stays this field: its text may hold no braces yet, or no more.
          setAsked(true);
          onChange(isExpression(text) ? text : fixedOf(text, props.type));
        }}
      />
    );
  if ((props.type === "array" || props.type === "object") && !props.fixed)
    return <JsonInput {...props} required={required} disabled={disabled} roots={roots} action={actions} />;
  return (
    <Field label={label} help={help} error={error} required={required} action={actions}>
      {(control) =>
        props.fixed ? (
          props.fixed(control)
        ) : (
          <FixedInput
            {...props}
            control={control}
            disabled={disabled}
            onChange={(next) => {
              typing.current = isExpression(next);
              onChange(next);
            }}
            onExpression={() => {
              typing.current = true;
              setAsked(true);
            }}
          />
        )
      }
    </Field>
  );
}

function ExpressionField({
  label,
  help,
  error,
  required,
  value,
  roots,
  disabled,
  actions,
  pathsOnly,
  takesKeyboard,
  onChange,
}: Pick<ValueFieldProps, "label" | "help" | "error" | "value"> & {
  required: boolean;
  roots: readonly DataRoot[];
  disabled: boolean;
  actions: ReactNode;
  pathsOnly: boolean;
  takesKeyboard: boolean;
  onChange: (text: string) => void;
}) {
  const [open, setOpen] = useState(false);
  const text = value === undefined || value === null ? "" : typeof value === "string" ? value : JSON.stringify(value);
  return (
    <Field label={label} help={help} error={error} required={required} action={actions}>
      {(control) => (
        <>
          <ExpressionInput {...{ control, roots, disabled, takesKeyboard, onChange }} value={text} />
          {!disabled && !pathsOnly && (
            <button
              type="button"
              onClick={() => setOpen(true)}
              className="self-start rounded-small font-medium text-accent-text text-xs hover:underline"
            >
              {isJsonata(text) ? "Edit the JSONata expression" : "Write a JSONata expression"}
            </button>
          )}
          {open && (
            <Suspense>
              <CodeDialog
                title={label}
                language="jsonata"
                text={isJsonata(text) ? text.trim().slice(3, -2).trim() : ""}
                paths={pathsOf(roots)}
                roots={roots}
                onClose={() => setOpen(false)}
                onSave={(next) => {
                  onChange(next.trim() === "" ? "" : `{{= ${next.trim()} }}`);
                  setOpen(false);
                }}
              />
            </Suspense>
          )}
        </>
      )}
    </Field>
  );
}

/** A fixed value by its type. What does not fit the type stays as it was typed, and the flow's problems name it. */
function FixedInput({
  type,
  choices,
  value,
  roots,
  disabled,
  control,
  onChange,
  onExpression,
}: ValueFieldProps & { control: FieldControl; onExpression: () => void }) {
  const target = useInsertTarget();
  // A path may come long after the field got the keyboard.
  const change = useRef(onChange);
  change.current = onChange;
  if (type === "boolean" || choices)
    return (
      <Choice
        {...control}
        disabled={disabled}
        value={value === undefined ? "" : String(value)}
        options={[
          { value: "", label: "Not set" },
          ...(choices ?? ["true", "false"]).map((choice) => ({ value: choice, label: choice })),
        ]}
        onChange={(next) => onChange(chosen(next, type))}
      />
    );
  const text = value === undefined || value === null ? "" : typeof value === "string" ? value : JSON.stringify(value);
  return (
    <textarea
      {...control}
      rows={1}
      inputMode={type === "number" || type === "integer" ? "decimal" : undefined}
      disabled={disabled}
      value={text}
      className={`${inputStyle} field-sizing-content max-h-48 min-h-8 resize-none py-1.5 text-sm`}
      onFocus={({ currentTarget }) => {
        if (roots === null) return;
        target.take((path) => {
          const { value: before, selectionStart: start, selectionEnd: end } = currentTarget;
          const isText = type === "string" || type === "any";
          change.current(isText ? insertPath(before, { start, end }, path).text : `{{${path}}}`);
        });
      }}
      onChange={(event) => {
        const next = event.target.value;
        if (next === "=" && text === "" && roots !== null) return onExpression();
        onChange(typed(next, type));
      }}
    />
  );
}

/** What a text without braces is as a fixed value; undefined when it is empty. */
function fixedOf(text: string, type: ValueFieldProps["type"]): Json | undefined {
  return type === "boolean" && text !== "true" && text !== "false" ? text || undefined : chosen(text, type);
}

function chosen(text: string, type: ValueFieldProps["type"]): Json | undefined {
  if (text === "") return undefined;
  if (type === "boolean") return text === "true";
  return typed(text, type);
}

function typed(text: string, type: ValueFieldProps["type"]): Json | undefined {
  if (text === "") return undefined;
  if (type !== "number" && type !== "integer") return text;
  // "1." is on its way to "1.5": it stays as it is until it reads as the number it shows.
  return String(Number(text)) === text ? Number(text) : text;
}
