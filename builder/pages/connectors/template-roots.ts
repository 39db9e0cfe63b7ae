import { responseParameters } from "../../../shared/connector/response-parameters.ts";
import type { TriggerField } from "../../../shared/connector/trigger.ts";
import type { NodeKind } from "../../../shared/flow/node.ts";
import type { Json } from "../../../shared/json.ts";
import type { DataRoot } from "../../panels/data-roots.ts";

/** What calls of a RESThook are filled in with; the values show what each looks like. */
export function hookRoots(fields: readonly string[], afterwards: boolean): DataRoot[] {
  return [
    rootOf("hook", "Hook", "webhook-trigger", {
      url: "https://patchbay.example/hooks/hook_8k2…",
      secret: "whsec_…",
      verifyToken: "vt_…",
      expiresAt: "2026-01-31T09:00:00.000Z",
    }),
    ...(afterwards ? [rootOf("subscription", "Subscription", "call", { id: "sub_1042" })] : []),
    ...(fields.length > 0
      ? [rootOf("inputs", "Form", "manual-trigger", Object.fromEntries(fields.map((key) => [key, "…"])))]
      : []),
  ];
}

/** What the call of a poll is filled in with. */
export function pollRoots(form: readonly TriggerField[]): DataRoot[] {
  return [
    rootOf("cursor", "Where the last look ended", "call", "2026-01-31T09:00:00.000Z"),
    rootOf("now", "Time of the look", "schedule-trigger", "2026-01-31T09:05:00.000Z"),
    ...formRoot(form),
  ];
}

/** What a transformation is made of, the body first. `sample`: a body as it came. */
export function eventRoots(sample: Json | undefined, form: readonly TriggerField[]): DataRoot[] {
  const beside = { headers: {}, query: {}, type: null, id: "evt_…", receivedAt: 1_769_850_000_000 };
  const body = rootOf("event.body", "Body of the event", "webhook-trigger", sample ?? null);
  return [
    { ...body, from: sample === undefined ? null : "sample" },
    ...formRoot(form),
    rootOf("event", "The event besides", "webhook-trigger", beside),
  ];
}

function formRoot(form: readonly TriggerField[]): DataRoot[] {
  if (form.length === 0) return [];
  const example = { string: "text", number: 1, boolean: true } as const;
  const values = form.map(({ key, type, default: preset }): [string, Json] => [key, preset ?? example[type]]);
  return [rootOf("inputs", "Form", "manual-trigger", Object.fromEntries(values))];
}

function rootOf(source: string, name: string, kind: NodeKind, sample: Json): DataRoot {
  return { node: source, name, kind, source, tree: responseParameters(undefined, sample), from: "sample" };
}
