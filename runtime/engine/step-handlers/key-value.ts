import type { KeyValueNode, OnceNode } from "../../../shared/flow/control-node.ts";
import { inText } from "../../../shared/flow/expression.ts";
import type { Json } from "../../../shared/json.ts";
import { compileValue } from "../../expressions/resolve-template.ts";
import { compileOnce } from "../compile-once.ts";
import type { KeyChange, KeyPlace } from "../key-values.ts";
import { withValue } from "../resolve-value.ts";
import { failed, type StepContext, type StepHandler, type StepOutcome, succeeded } from "../step.ts";

/** Of a key, in characters, and of a value, in characters of JSON. */
const longest = { key: 500, value: 64 * 1024 };

const compile = compileOnce((node: KeyValueNode) =>
  compileValue({ key: node.key, by: node.by, ...(node.value !== undefined && { value: node.value }) }),
);
const compileKey = compileOnce((node: OnceNode) => compileValue(node.key));

/** Reads or changes a value that outlives the run. */
export const keyValue: StepHandler<KeyValueNode> = (node, context) =>
  withValue({ node, context, compiled: compile(node) }, (resolved) => {
    const { key, by, value = null } = (resolved ?? {}) as { key?: Json; by?: Json; value?: Json };
    const place = placeOf(context, node.scope === "flow" ? context.claimed.flow : context.workspace, key);
    if ("outcome" in place) return place;
    if (node.operation === "get") return get(context, place);
    if (JSON.stringify(value).length > longest.value)
      return failed("invalid_input", `value is larger than ${longest.value / 1024} KB of JSON`);
    if (node.operation !== "increment") return change(context, place, { change: node.operation, value });
    const number = Number(by);
    return Number.isFinite(number) && by !== null && by !== ""
      ? change(context, place, { change: "increment", by: number })
      : failed("invalid_input", "by must be a number");
  });

/** Leaves by `first` for the step that sees its key first. */
export const once: StepHandler<OnceNode> = (node, context) =>
  withValue({ node, context, compiled: compileKey(node) }, async (key) => {
    const place = placeOf(context, `${context.claimed.flow}/${node.id}`, key);
    if ("outcome" in place) return place;
    const first = await context.keyValues.first(place, asker(context), node.windowMs);
    return succeeded({ key: place.key, first }, [first ? "first" : "again"]);
  });

function placeOf({ workspace }: StepContext, scope: string, resolved: Json | undefined): KeyPlace | StepOutcome {
  const key = inText(resolved);
  if (key === "") return failed("invalid_input", "key is empty");
  if (key.length > longest.key) return failed("invalid_input", `key is longer than ${longest.key} characters`);
  // Postgres stores it in no text.
  if (key.includes("\0")) return failed("invalid_input", "key has a NUL character in it");
  return { workspace, scope, key };
}

async function get({ keyValues, secrets }: StepContext, place: KeyPlace): Promise<StepOutcome> {
  const { value, found } = await keyValues.get(place);
  return succeeded({ key: place.key, value: read(secrets, value), found });
}

async function change(context: StepContext, place: KeyPlace, wanted: KeyChange): Promise<StepOutcome> {
  // A step whose run has been taken over may not know: what it changed then would be noted as the other one's.
  if (!(await context.confirm())) return { outcome: "lost" };
  const changed = await context.keyValues.change(place, asker(context), stored(context, wanted));
  if (changed.outcome === "no-number")
    return failed("invalid_input", `the value of "${place.key}" is no number, so nothing can be added to it`);
  const { found } = changed;
  const [before, after] = [read(context.secrets, changed.before), read(context.secrets, changed.after)];
  return succeeded({ key: place.key, found, ...(wanted.change === "increment" ? { value: after, before } : { value: before }) });
}

/** What is secret in the run is stored encrypted, and so it is secret in the run that reads it. */
function stored({ secrets }: StepContext, wanted: KeyChange): KeyChange {
  return wanted.change === "put" ? { ...wanted, value: secrets.hide({ output: wanted.value }).output ?? null } : wanted;
}

function read(secrets: StepContext["secrets"], value: Json): Json {
  return secrets.reveal({ output: value }).output ?? null;
}

function asker({ run, key }: StepContext) {
  return { run, step: key };
}
