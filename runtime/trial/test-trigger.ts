import type { TriggerTest } from "../../shared/api/triggers.ts";
import { AppError } from "../../shared/app-error.ts";
import type { Connector } from "../../shared/connector/connector.ts";
import { cutSample, inferSchema } from "../../shared/connector/infer-schema.ts";
import type { Trigger } from "../../shared/connector/trigger.ts";
import { triggerInputProblems, triggerInputs } from "../../shared/connector/trigger-inputs.ts";
import { passesFilters } from "../../shared/event/passes-filters.ts";
import type { Json } from "../../shared/json.ts";
import { readConnector } from "../connectors/connector-rows.ts";
import type { JsonataPool } from "../expressions/jsonata-pool.ts";
import { transformEvent } from "../expressions/transform-event.ts";
import type { Sql } from "../store/sql.ts";
import { schemaProblems } from "./check-assertions.ts";
import { type FetchItemsDeps, fetchItems } from "./fetch-items.ts";

export type TestTriggerDeps = FetchItemsDeps & { sql: Sql; jsonata: Pick<JsonataPool, "evaluate"> };
type Question = {
  workspace: string;
  connector: string;
  trigger: string;
  connection: string | null;
  inputs: Record<string, Json>;
  body?: Json | undefined;
  headers: Record<string, string>;
};

/** Items of a look that are shown. */
const shown = 20;
const nothing = { output: null, problems: [], inferred: null, items: [], cursor: null };

/**
 * What a trigger of the draft gives for a body (its sample when none is given), or for the newest of what its endpoint lists now. Nothing
 * is stored. Throws `not_found`, and `bad_request` for inputs that do not fit or when there is no body to test with.
 */
export async function testTrigger(deps: TestTriggerDeps, question: Question): Promise<TriggerTest> {
  const { document } = await readConnector(deps.sql, question.workspace, question.connector);
  const trigger = document.triggers?.find(({ key }) => key === question.trigger);
  if (!trigger) throw new AppError("not_found", `"${document.name}" has no trigger "${question.trigger}"`);
  const [wrong] = triggerInputProblems(trigger, document.endpoints, question.inputs);
  if (wrong) throw new AppError("bad_request", `inputs.${wrong.key}: ${wrong.message}`);
  if (trigger.source.kind === "poll") return testPoll(deps, { question, connector: document, trigger });
  const body = question.body === undefined ? trigger.sample : question.body;
  if (body === undefined) throw new AppError("bad_request", "body: the trigger has no sample yet, so give a body to test with");
  const { filters } = trigger.source;
  if (!passesFilters(filters, body, triggerInputs(trigger, question.inputs)))
    return { ...nothing, passes: false, message: "the event does not pass the trigger's filters: it would start nothing" };
  return { ...nothing, ...(await transformed(deps, trigger, question, body)) };
}

type Polled = { question: Question; connector: Connector; trigger: Trigger };

async function testPoll(deps: TestTriggerDeps, { question, connector, trigger }: Polled): Promise<TriggerTest> {
  const { source } = trigger;
  if (source.kind !== "poll") throw new AppError("internal", `"${trigger.key}" does not poll`);
  const { workspace, connection, inputs } = question;
  const looked = await fetchItems(deps, { workspace, connector, trigger, source, connection, inputs, cursor: undefined });
  if (looked.outcome === "failed") return { ...nothing, passes: false, message: looked.message };
  const newest = looked.items.at(-1);
  const unnamed = looked.unnamed > 0 ? `${looked.unnamed} items have no value at "${source.dedupePath}"` : null;
  const items = looked.items.slice(-shown).toReversed();
  const found = { items: items.map(({ key, item }) => ({ key, item: cutSample(item) })), cursor: looked.cursor ?? null };
  if (!newest) return { ...nothing, ...found, passes: false, message: unnamed ?? "the list is empty" };
  const result = await transformed(deps, trigger, question, newest.item);
  return { ...nothing, ...result, ...found, message: result.message ?? unnamed };
}

type Result = Pick<TriggerTest, "passes" | "output" | "message" | "problems" | "inferred">;

async function transformed(deps: TestTriggerDeps, trigger: Trigger, question: Question, body: Json): Promise<Result> {
  const { inputs, headers } = question;
  const event = { id: "evt_test", body, headers, query: {}, receivedAt: deps.clock(), type: null };
  const result = await transformEvent(deps, trigger, { event, inputs });
  if (result.outcome === "failed") return { passes: true, output: null, message: result.message, problems: [], inferred: null };
  const { value: output } = result;
  const { outputSchema } = trigger;
  const problems = outputSchema === undefined || outputSchema === null ? [] : schemaProblems(outputSchema, output);
  return { passes: true, output: cutSample(output), message: null, problems, inferred: inferSchema([output]) };
}
