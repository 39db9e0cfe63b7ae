import type { Parameter } from "../../shared/connector/parameter.ts";
import type { LinkOption } from "../../shared/connector/parameter-link.ts";
import type { Json } from "../../shared/json.ts";
import type { FailedCall } from "./fetch-list.ts";
import type { LinkQuestion, ResolvedLink, ResolveLink } from "./resolve-link.ts";

/** `unavailable`: a list could not be fetched, with the outcome of the call that should have given it; nothing else was sent. */
export type LinkedInputs =
  | { checked: "allowed" }
  | { checked: "refused"; parameter: string; code: "not_in_list" | "link_mismatch" | "invalid_input"; message: string }
  | { checked: "unavailable"; parameter: string; outcome: FailedCall; message: string };

/**
 * Is each filled-in linked parameter in its list, and not barred there? A list that may be longer than what is known refuses only
 * what the API itself does not find by its value, and a link that allows free values, or is not checked at run time, nothing.
 */
export async function checkLinkedInputs(
  resolveLink: ResolveLink,
  call: Omit<LinkQuestion, "parameter" | "search" | "refresh">,
): Promise<LinkedInputs> {
  for (const parameter of call.endpoint.parameters) {
    const { link, key } = parameter;
    const value = (Object.hasOwn(call.inputs, key) ? call.inputs[key] : undefined) ?? parameter.default;
    if (!link || link.allowCustom || value === undefined || value === null) continue;
    if (link.kind === "dynamic" && link.validateAtRun === "off") continue;
    const checked = await checkParameter(resolveLink, { ...call, parameter, search: "", refresh: false }, value);
    if (checked.checked !== "allowed") return checked;
  }
  return { checked: "allowed" };
}

async function checkParameter(resolveLink: ResolveLink, question: LinkQuestion, value: Json): Promise<LinkedInputs> {
  const { parameter } = question;
  const resolved = await resolveLink(question);
  if (resolved.outcome !== "listed") return withoutList(parameter, resolved);
  const values = Array.isArray(value) && parameter.type === "array" ? value : [value];
  for (const each of values) {
    const listed = resolved.options.find((option) => isSame(option, each, parameter));
    const checked = listed ? allowed(parameter, listed) : await checkUnlisted(resolveLink, question, { value: each, resolved });
    if (checked.checked !== "allowed") return checked;
  }
  return { checked: "allowed" };
}

type Listed = Extract<ResolvedLink, { outcome: "listed" }>;

async function checkUnlisted(
  resolveLink: ResolveLink,
  question: LinkQuestion,
  { value, resolved }: { value: Json; resolved: Listed },
): Promise<LinkedInputs> {
  const { parameter } = question;
  const { key, name, link } = parameter;
  const shown = `"${name}": ${JSON.stringify(value).slice(0, 200)}`;
  const refused = (message: string): LinkedInputs => ({ checked: "refused", parameter: key, code: "not_in_list", message });
  if (resolved.complete) return refused(`${shown} is not in its list of ${resolved.options.length}`);
  if (link?.kind !== "dynamic" || !link.resolve) return { checked: "allowed" };
  const again = await resolveLink({ ...question, value });
  if (again.outcome !== "listed") return withoutList(parameter, again);
  const { chosen } = again;
  if (!chosen) return { checked: "allowed" };
  if ("failed" in chosen) {
    const message = `the value of "${name}" could not be looked up: ${chosen.failed.message}`;
    return { checked: "unavailable", parameter: key, outcome: { ...chosen.failed, message }, message };
  }
  return chosen.option ? allowed(parameter, chosen.option) : refused(`${shown} is not in its list, and the API does not find it`);
}

/** What cannot be chosen cannot be sent. */
function allowed({ key, name }: Parameter, { label, disabled }: LinkOption): LinkedInputs {
  if (!disabled) return { checked: "allowed" };
  return { checked: "refused", parameter: key, code: "not_in_list", message: `"${name}": "${label}" cannot be chosen any more` };
}

function withoutList({ key, name }: Parameter, resolved: Exclude<ResolvedLink, Listed>): LinkedInputs {
  const refused = (code: "link_mismatch" | "invalid_input", message: string): LinkedInputs => {
    return { checked: "refused", parameter: key, code, message };
  };
  switch (resolved.outcome) {
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
function isSame(option: LinkOption, value: Json, { in: place }: Parameter): boolean {
  return option.value === value || (place !== "body" && String(option.value) === String(value));
}
