import type { ConnectorDraft } from "../connector/connector.ts";
import type { Trigger } from "../connector/trigger.ts";
import { triggerInputProblems } from "../connector/trigger-inputs.ts";
import type { NodeProblem } from "./expression-problems.ts";
import type { FormField } from "./form-field.ts";
import type { AppTriggerNode, ScheduleTriggerNode, TriggerNode } from "./node.ts";

/** What is wrong with a trigger; of an app's, given the connectors that it may use, by key. */
export function triggerProblems(node: TriggerNode, connectors?: ReadonlyMap<string, ConnectorDraft>): NodeProblem[] {
  switch (node.kind) {
    case "webhook-trigger":
    case "api-trigger":
      return [];
    case "manual-trigger":
      return formFieldProblems(node.form ?? []);
    case "schedule-trigger":
      return scheduleProblems(node);
    case "app-trigger":
      return connectors ? appTriggerProblems(node, connectors) : [];
  }
}

/** What is wrong with a form, in the field `form` of its node. */
export function formFieldProblems(form: readonly FormField[]): NodeProblem[] {
  const seen = new Set<string>();
  return form.flatMap(({ key, name, type, options = [] }, index): NodeProblem[] => {
    const problem = (field: string, code: string, message: string) => [{ field: `form.${index}.${field}`, code, message }];
    if (seen.has(key)) return problem("key", "duplicate_field", `two fields of the form have the key "${key}"`);
    seen.add(key);
    return type === "choice" && options.length === 0
      ? problem("options", "no_options", `"${name}" is a choice: enter what can be chosen`)
      : [];
  });
}

/** Only its shape: whoever fires it knows which fields and zones there are. */
function scheduleProblems({ schedule }: ScheduleTriggerNode): NodeProblem[] {
  if (schedule.kind === "interval") return [];
  const fields = schedule.expression.split(/\s+/).length;
  if (fields === 5 || fields === 6) return [];
  const message = `a schedule has 5 fields, or 6 with seconds first; "${schedule.expression}" has ${fields}`;
  return [{ field: "schedule.expression", code: "bad_schedule", message }];
}

function appTriggerProblems(node: AppTriggerNode, connectors: ReadonlyMap<string, ConnectorDraft>): NodeProblem[] {
  const connector = connectors.get(node.connector);
  if (!connector)
    return [{ field: "connector", code: "unknown_connector", message: `there is no connector "${node.connector}"` }];
  const trigger = connector.triggers?.find(({ key }) => key === node.trigger);
  if (!trigger)
    return [{ field: "trigger", code: "unknown_trigger", message: `"${connector.name}" has no trigger "${node.trigger}"` }];
  const problems: NodeProblem[] = [];
  if (!trigger.places.includes("flows")) {
    const message = `"${trigger.name}" is not made for flows: choose another trigger`;
    problems.push({ field: "trigger", code: "wrong_place", message });
  }
  if (node.connection === null && callsOut(trigger, connector)) {
    const message = `choose a connection: "${trigger.name}" calls ${connector.name}`;
    problems.push({ field: "connection", code: "missing_connection", message });
  }
  for (const { key, code, message } of triggerInputProblems(trigger, connector.endpoints, node.inputs))
    problems.push({ field: `inputs.${key}`, code, message });
  return problems;
}

/** Does it poll or subscribe at an API that wants to know who calls? */
function callsOut({ source }: Trigger, { auth, incomingWebhooks }: ConnectorDraft): boolean {
  if (auth.kind === "none") return false;
  if (source.kind === "poll") return true;
  return incomingWebhooks.find(({ key }) => key === source.webhook)?.kind === "resthook";
}
