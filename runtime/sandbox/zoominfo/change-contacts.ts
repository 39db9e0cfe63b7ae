import type { Json } from "../../../shared/json.ts";
import { type Problem, problems } from "./problems.ts";
import { managementLevels } from "./vocabulary.ts";
import type { SandboxContact, World } from "./world.ts";

/** What may be set on a contact, each with the output fields that it changes; `lastUpdatedDate` follows it, as in the documents. */
const settable: Record<string, string[]> = {
  firstName: ["firstName"],
  middleName: ["middleName"],
  lastName: ["lastName"],
  jobTitle: ["jobTitle"],
  department: ["jobFunction"],
  managementLevel: ["managementLevel"],
  email: ["email", "hashedEmails"],
  phone: ["phone"],
  mobilePhone: ["mobilePhone"],
  street: ["street"],
};

/** One contact of the invented world that is another now. */
export type ContactChange = { contact: SandboxContact; changedAttributes: string[] };

/**
 * `POST /sandbox/changes`, which the real API does not have: `{personId, attributes}` sets attributes of one contact, `{count}` promotes so
 * many of those that `candidates` names. What stays as it was is no change.
 */
export function changeContacts(
  body: Record<string, Json>,
  { world, candidates, now }: { world: World; candidates: number[]; now: number },
): ContactChange[] | Problem {
  const unknown = Object.keys(body).filter((key) => !["personId", "attributes", "count"].includes(key));
  if (unknown.length > 0) return problems.invalidFields(unknown);
  if (body.count !== undefined) {
    const { count } = body;
    if (typeof count !== "number" || !Number.isInteger(count) || count < 1 || count > 1_000)
      return problems.invalidFields(["count"], "count must be a whole number from 1 to 1000");
    const contacts = candidates.flatMap((id) => world.contactById.get(String(id)) ?? []).slice(0, count);
    return contacts.flatMap((contact) => change(contact, promotion(contact), { world, now }));
  }
  const contact = world.contactById.get(String(body.personId ?? ""));
  if (!contact) return problems.invalidFields(["personId"], "There is no such contact");
  const { attributes } = body;
  if (typeof attributes !== "object" || attributes === null || Array.isArray(attributes))
    return problems.invalidFields(["attributes"], "attributes must be an object of names and new values");
  const wrong = Object.entries(attributes).flatMap(([name, value]) =>
    Object.hasOwn(settable, name) && typeof value === "string" && value.length <= 200 ? [] : [name],
  );
  if (wrong.length > 0)
    return problems.invalidFields(
      wrong,
      `The sandbox changes ${Object.keys(settable).join(", ")}, to texts of at most 200 characters`,
    );
  // Checked above: all of them are texts.
  return change(contact, attributes as Record<string, string>, { world, now });
}

function change(
  contact: SandboxContact,
  attributes: Record<string, string>,
  { world, now }: { world: World; now: number },
): ContactChange[] {
  // The names were checked: each is a text of a contact.
  const texts = contact as unknown as Record<string, string>;
  const changed = Object.entries(attributes).filter(([name, value]) => texts[name] !== value);
  if (changed.length === 0) return [];
  for (const [name, value] of changed) {
    if (name === "email") world.setEmail(contact, value);
    else texts[name] = value;
  }
  contact.lastUpdatedDate = now;
  contact.validDate = now;
  const changedAttributes = changed.flatMap(([name]) => settable[name] ?? []);
  return [{ contact, changedAttributes: [...changedAttributes, "validDate", "lastUpdatedDate"] }];
}

/** One level up, with the title of that; whoever is at the top starts at the bottom again. */
function promotion({ managementLevel, department, jobTitle }: SandboxContact): Record<string, string> {
  const at = managementLevels.findIndex(({ name }) => name === managementLevel);
  const next = managementLevels.at(at - 1) ?? managementLevels[0];
  const noun = department === "" ? "Operations" : department;
  return next ? { managementLevel: next.name, jobTitle: next.title(noun) } : { jobTitle: `Senior ${jobTitle}` };
}
