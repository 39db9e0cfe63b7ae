import type { Parameter } from "../../shared/connector/parameter.ts";
import type { LinkOption } from "../../shared/connector/parameter-link.ts";
import type { Json } from "../../shared/json.ts";
import type { CallOutcome } from "../../shared/run/call-outcome.ts";
import type { LinkQuestion, ResolveLink } from "./resolve-link.ts";

/** `unavailable`: a list could not be fetched, with the outcome of the call that should have given it; nothing else was sent. */
export type LinkedInputs =
  | { checked: "allowed" }
  | { checked: "refused"; parameter: string; code: "not_in_list" | "link_mismatch" | "invalid_input"; message: string }
  | { checked: "unavailable"; parameter: string; outcome: Exclude<CallOutcome, { outcome: "succeeded" }>; message: string };

/**
 * Is each filled-in linked parameter in its list? A list that may be longer than what is known refuses nothing, and neither does
 * a link that allows free values.
 */
export async function checkLinkedInputs(
  resolveLink: ResolveLink,
  call: Omit<LinkQuestion, "parameter" | "search" | "refresh">,
): Promise<LinkedInputs> {
  for (const parameter of call.endpoint.parameters) {
    const { link, key } = parameter;
    const value = (Object.hasOwn(call.inputs, key) ? call.inputs[key] : undefined) ?? parameter.default;
    if (!link || link.allowCustom || value === undefined || value === null) continue;
    const checked = await checkOne(resolveLink, { ...call, parameter, search: "", refresh: false }, value);
    if (checked.checked !== "allowed") return checked;
  }
  return { checked: "allowed" };
}

async function checkOne(resolveLink: ResolveLink, question: LinkQuestion, value: Json): Promise<LinkedInputs> {
  const { key, name } = question.parameter;
  const refused = (code: "not_in_list" | "link_mismatch" | "invalid_input", message: string): LinkedInputs => {
    return { checked: "refused", parameter: key, code, message };
  };
  const resolved = await resolveLink(question);
  switch (resolved.outcome) {
    case "listed": {
      if (!resolved.complete) return { checked: "allowed" };
      const values = Array.isArray(value) && question.parameter.type === "array" ? value : [value];
      const unknown = values.find((item) => !isListed(resolved.options, item, question.parameter));
      if (unknown === undefined) return { checked: "allowed" };
      return refused(
        "not_in_list",
        `"${name}": ${JSON.stringify(unknown).slice(0, 200)} is not in its list of ${resolved.options.length}`,
      );
    }
    case "failed": {
      const message = `the list of "${name}" could not be fetched: ${resolved.call.message}`;
      return { checked: "unavailable", parameter: key, outcome: { ...resolved.call, message }, message };
    }
    case "mismatch":
      return refused("link_mismatch", `the list of "${name}" could not be read: ${resolved.message}`);
    case "needs-parameters":
      return refused(
        "invalid_input",
        `"${name}" needs ${resolved.parameters.map((needed) => `"${needed.name}"`).join(", ")} first`,
      );
    case "needs-connection":
      return refused("invalid_input", `the list of "${name}" needs a connection`);
  }
}

/** Outside the body everything is sent as text, so there "5" is 5. */
function isListed(options: LinkOption[], value: Json, { in: place }: Parameter): boolean {
  return options.some((option) => option.value === value || (place !== "body" && String(option.value) === String(value)));
}
