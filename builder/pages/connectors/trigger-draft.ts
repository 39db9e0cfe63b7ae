import type { ConnectorDraft } from "../../../shared/connector/connector.ts";
import { type EventFilter, type PollSource, Trigger, type TriggerField, TriggerKey } from "../../../shared/connector/trigger.ts";
import { parsePath, parseTemplate, readPath } from "../../../shared/flow/expression.ts";
import type { Json } from "../../../shared/json.ts";
import { endpointKey } from "./endpoint-key.ts";
import type { CallDraft } from "./webhook-draft.ts";

/** `value` as text; of `one-of` one value on each line. */
export type FilterDraft = { path: string; operator: EventFilter["operator"]; value: string };

export type PollDraft = CallDraft & {
  itemsPath: string;
  dedupePath: string;
  cursorOf: "none" | NonNullable<PollSource["cursor"]>["of"];
  cursorPath: string;
  seeding: PollSource["seeding"];
  intervalMs: number | null;
  quietMs: number | null;
};

/** A trigger while its wizard is open. */
export type TriggerDraft = {
  name: string;
  /** Null: it follows the name. */
  key: string | null;
  description: string;
  places: Trigger["places"];
  from: "webhook" | "poll";
  webhook: string | null;
  filters: FilterDraft[];
  poll: PollDraft;
  form: TriggerField[];
  /** Undefined: the body as it came. */
  transformation: Json | undefined;
  outputSchema: Json | undefined;
  sample: Json | undefined;
};

export function newTriggerDraft({ incomingWebhooks }: Pick<ConnectorDraft, "incomingWebhooks">): TriggerDraft {
  const only = incomingWebhooks.length === 1 ? incomingWebhooks[0] : undefined;
  return {
    name: "",
    key: null,
    description: "",
    places: ["flows"],
    from: incomingWebhooks.length > 0 ? "webhook" : "poll",
    webhook: only?.key ?? null,
    filters: [],
    poll: {
      endpoint: null,
      inputs: {},
      itemsPath: "",
      dedupePath: "",
      cursorOf: "none",
      cursorPath: "",
      seeding: "skip",
      intervalMs: 300_000,
      quietMs: null,
    },
    form: [],
    transformation: undefined,
    outputSchema: undefined,
    sample: undefined,
  };
}

export function draftOfTrigger(trigger: Trigger, document: Pick<ConnectorDraft, "incomingWebhooks">): TriggerDraft {
  const { source, transformation, outputSchema, sample } = trigger;
  const { name, key, description, places, form } = trigger;
  const common = { ...newTriggerDraft(document), name, key, description, places, form, transformation, outputSchema, sample };
  if (source.kind === "webhook")
    return { ...common, from: "webhook", webhook: source.webhook, filters: source.filters.map(filterDraft) };
  const { kind: _, cursor, quietMs, ...poll } = source;
  const more = { cursorOf: cursor?.of ?? ("none" as const), cursorPath: cursor?.path ?? "", quietMs: quietMs ?? null };
  return { ...common, from: "poll", poll: { ...poll, ...more } };
}

/** The key that the draft has, or that its name gives it. */
export function keyOf({ key, name }: Pick<TriggerDraft, "key" | "name">, taken: readonly string[]): string {
  return key ?? endpointKey(name, taken, "trigger");
}

/** The trigger, or what is wrong with it by field as the server names them: `trigger.source.dedupePath`. */
export function readTrigger(
  draft: TriggerDraft,
  key: string,
): { trigger: Trigger; problems: null } | { trigger: null; problems: Record<string, string> } {
  const { name, description, places, form, transformation, outputSchema, sample } = draft;
  const parsed = Trigger.safeParse({
    key,
    name: name.trim(),
    description: description.trim(),
    places,
    source: sourceOf(draft),
    form: form.map(({ description: text, ...field }) => ({ ...field, ...(text?.trim() && { description: text.trim() }) })),
    ...(transformation !== undefined && { transformation }),
    ...(outputSchema !== undefined && { outputSchema }),
    ...(sample !== undefined && { sample }),
  });
  if (parsed.success) return { trigger: parsed.data, problems: null };
  const problems = parsed.error.issues.map(({ path, message }) => [["trigger", ...path].join("."), message] as const);
  // Of several with one field the first is the most basic.
  return { trigger: null, problems: Object.fromEntries(problems.toReversed()) };
}

function sourceOf({ from, webhook, filters, poll }: TriggerDraft): unknown {
  if (from === "webhook") return { kind: "webhook", webhook: webhook ?? "", filters: filters.map(filterOf) };
  const { endpoint, inputs, itemsPath, dedupePath, cursorOf, cursorPath, seeding, intervalMs, quietMs } = poll;
  return {
    kind: "poll",
    endpoint: endpoint ?? "",
    inputs,
    itemsPath: itemsPath.trim(),
    dedupePath: dedupePath.trim(),
    ...(cursorOf !== "none" && { cursor: { path: cursorPath.trim(), of: cursorOf } }),
    seeding,
    intervalMs,
    ...(quietMs !== null && { quietMs }),
  };
}

function filterDraft({ path, operator, value }: EventFilter): FilterDraft {
  const text = (one: Json) => (typeof one === "string" ? one : JSON.stringify(one));
  if (value === undefined) return { path, operator, value: "" };
  return { path, operator, value: Array.isArray(value) ? value.map(text).join("\n") : text(value) };
}

function filterOf({ path, operator, value }: FilterDraft): EventFilter {
  const at = { path: path.trim(), operator };
  if (operator === "exists") return at;
  if (operator !== "one-of" || value.trim().startsWith("{{")) return { ...at, value: value.trim() };
  const values = value.split("\n").flatMap((line) => (line.trim() === "" ? [] : [line.trim()]));
  return { ...at, value: values };
}

/** Keys of the form that the rest of the trigger, or the calls of its webhook, fill in, and the form lacks. */
export function missingFields(draft: TriggerDraft, { incomingWebhooks }: Pick<ConnectorDraft, "incomingWebhooks">): string[] {
  const webhook = draft.from === "webhook" ? incomingWebhooks.find(({ key }) => key === draft.webhook) : undefined;
  const { resthook, routing } = webhook ?? {};
  const own = draft.from === "webhook" ? draft.filters.map(({ value }) => value) : draft.poll.inputs;
  const calls = [resthook?.subscribe, resthook?.unsubscribe, resthook?.renew, resthook?.list];
  const texts = [own, draft.transformation ?? null, ...calls.map((made) => made?.inputs ?? null)];
  const named = [...texts.flatMap(inputsNamed), ...(webhook?.kind === "global" && routing ? [routing.input] : [])];
  const there = new Set(draft.form.map(({ key }) => key));
  return [...new Set(named)].filter((key) => !there.has(key));
}

function inputsNamed(value: Json): string[] {
  if (typeof value === "object" && value !== null) return Object.values(value).flatMap(inputsNamed);
  const template = typeof value === "string" ? parseTemplate(value) : null;
  if (!template || !("parts" in template)) return [];
  return template.parts.flatMap((part) => {
    const [root, key] = "path" in part ? part.path : [];
    return root === "inputs" && typeof key === "string" ? [key] : [];
  });
}

/** A body to show: the trigger's own sample, or of a poll the first item that its endpoint's sample lists. */
export function sampleOf(draft: TriggerDraft, { endpoints }: Pick<ConnectorDraft, "endpoints">): Json | undefined {
  if (draft.sample !== undefined || draft.from === "webhook") return draft.sample;
  const answer = endpoints.find(({ key }) => key === draft.poll.endpoint)?.responseSample;
  const path = parsePath(draft.poll.itemsPath.trim());
  const list = draft.poll.itemsPath.trim() === "" ? answer : path === null ? undefined : readPath(answer, path);
  // Samples hold JSON alone.
  return Array.isArray(list) ? (list[0] as Json | undefined) : undefined;
}

export const triggerSteps = ["Basics", "Source", "Places", "Form", "Transformation", "Test"] as const;
export type TriggerStep = (typeof triggerSteps)[number];

/** Where a field is filled in, e.g. `trigger.source.endpoint`. */
export function stepOf(field: string): TriggerStep {
  const part = field.replace(/^trigger\./, "").split(".")[0];
  if (part === "source") return "Source";
  if (part === "places") return "Places";
  if (part === "form") return "Form";
  if (part === "transformation") return "Transformation";
  return part === "outputSchema" || part === "sample" ? "Test" : "Basics";
}

/** What a step still needs before the next one, in words; null: nothing. */
export function missingInStep(
  step: TriggerStep,
  draft: TriggerDraft,
  /** `lacking`: keys of fields that are used and that the form lacks. */
  { key, lacking }: { key: string; lacking: readonly string[] },
): string | null {
  if (step === "Basics") {
    if (draft.name.trim() === "") return "Enter a name.";
    return TriggerKey.safeParse(key).success ? null : "The key cannot be used yet.";
  }
  if (step === "Source") return draft.from === "webhook" ? missingOfWebhook(draft) : missingOfPoll(draft.poll);
  if (step === "Places") return draft.places.length === 0 ? "Choose at least one place." : null;
  if (step !== "Form") return null;
  if (lacking.length > 0) return `“${lacking[0]}” is used: add it, or take it out where it is used.`;
  const keys = draft.form.map((field) => field.key);
  if (draft.form.some(({ name }) => name.trim() === "")) return "Enter a label for every field.";
  return keys.some((each, at) => keys.indexOf(each) !== at) ? "Two fields have the same key." : null;
}

function missingOfWebhook({ webhook, filters }: TriggerDraft): string | null {
  if (webhook === null) return "Choose an incoming webhook.";
  if (filters.some(({ path }) => path.trim() === "")) return "Enter the path of every filter.";
  return filters.some(({ operator, value }) => operator !== "exists" && value.trim() === "")
    ? "Enter the value of every filter."
    : null;
}

function missingOfPoll({ endpoint, dedupePath, cursorOf, cursorPath, intervalMs }: PollDraft): string | null {
  if (endpoint === null) return "Choose the endpoint that is asked.";
  if (dedupePath.trim() === "") return "Enter where the id of an item is.";
  if (cursorOf !== "none" && cursorPath.trim() === "") return "Enter where the cursor is.";
  return intervalMs === null ? "Enter how often it is asked." : null;
}
