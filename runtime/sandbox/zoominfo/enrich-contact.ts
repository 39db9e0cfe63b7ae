import type { Json } from "../../../shared/json.ts";
import { domainOf } from "./contact-filters.ts";
import { companyProfile, contactProfile, outputField } from "./contact-profile.ts";
import { type Problem, problems } from "./problems.ts";
import type { SandboxContact, World } from "./world.ts";

export type MatchStatus =
  | "FULL_MATCH"
  | "COMPANY_ONLY_MATCH"
  | "NO_MATCH"
  | "NON_MATCH_BY_LAST_UPDATED_DATE"
  | "NON_MATCH_BY_VALID_DATE"
  | "NON_MATCH_BY_REQUIRED_FIELDS"
  | "NON_MATCH_BY_CONTACT_ACCURACY_MIN"
  | "OPT_OUT"
  | "INVALID_INPUT";

type EnrichResult = { input: Record<string, Json>; data: Json[]; matchStatus: MatchStatus };
export type EnrichAnswer = { success: true; data: { outputFields: string[][]; result: EnrichResult[] } };
/** `redeemed`: ids of the people whose records were given out, which is what is charged. */
export type Enriched = { answer: EnrichAnswer; redeemed: number[] };

const mostInputs = 25;
const bodyKeys = new Set(["matchpersoninput", "outputfields", "requiredfields"]);
const personKeys = new Set(
  (
    "personid emailaddress hashedemail phone firstname lastname fullname companyid companyname jobtitle externalurl " +
    "lastupdateddateafter validdateafter contactaccuracyscoremin"
  ).split(" "),
);

/**
 * `POST /enrich/contact`: one result for each of at most 25 inputs, with the requested output fields only. An input that fits
 * nobody is no error: its `matchStatus` says why.
 */
export function enrichContacts(body: Record<string, Json>, world: () => World): Enriched | Problem {
  const request = lowerKeys(body);
  const unknown = Object.keys(request).filter((key) => !bodyKeys.has(key));
  if (unknown.length > 0) return problems.invalidFields(unknown);
  const inputs = request.matchpersoninput;
  if (!Array.isArray(inputs) || inputs.length === 0) return problems.insufficient;
  if (inputs.length > mostInputs) return problems.tooManyInputs;
  const asked = request.outputfields;
  if (!Array.isArray(asked) || asked.length === 0) return problems.missingOutputFields;
  const fields = asked.map((name) => ({ name: String(name), field: outputField(String(name)) }));
  const invalid = fields.flatMap(({ name, field }) => (field === null ? [name] : []));
  if (invalid.length > 0) return problems.invalidOutputFields(invalid);
  const people = inputs.map((input) => (isObject(input) ? lowerKeys(input) : {}));
  const unknownKeys = people.flatMap((person) => Object.keys(person).filter((key) => !personKeys.has(key)));
  if (unknownKeys.length > 0) return problems.invalidFields([...new Set(unknownKeys)]);

  const required = namesIn(request.requiredfields ?? null).map((name) => ({ name, field: outputField(name) }));
  const unknownRequired = required.flatMap(({ name, field }) => (field === null ? [name] : []));
  if (unknownRequired.length > 0) return problems.invalidFields(unknownRequired);

  const outputFields = fields.flatMap(({ field }) => field ?? []);
  const requiredFields = required.flatMap(({ field }) => field ?? []);
  const found = people.map((input) => enrichOne({ input, outputFields, requiredFields, world: world() }));
  const data = {
    outputFields: [outputFields.map((field) => field.toLowerCase())],
    result: found.map(({ result }) => result),
  };
  return { answer: { success: true, data }, redeemed: found.flatMap(({ contact }) => (contact ? [contact.id] : [])) };
}

type One = { input: Record<string, Json>; outputFields: string[]; requiredFields: string[]; world: World };

function enrichOne({ input, outputFields, requiredFields, world }: One): {
  result: EnrichResult;
  contact: SandboxContact | null;
} {
  const told = (matchStatus: MatchStatus, data: Json[]) => ({ result: { input, data, matchStatus }, contact: null });
  const miss = (matchStatus: MatchStatus) => told(matchStatus, []);
  if (!isSufficient(input)) return miss("INVALID_INPUT");
  const contact = find(input, world);
  if (!contact) {
    const colleague = atDomainOf(text(input.emailaddress), world);
    if (!colleague) return miss("NO_MATCH");
    return told("COMPANY_ONLY_MATCH", [{ company: companyProfile(colleague, outputFields) }]);
  }
  if (contact.optedOut) return miss("OPT_OUT");
  if (contact.lastUpdatedDate < time(input.lastupdateddateafter)) return miss("NON_MATCH_BY_LAST_UPDATED_DATE");
  if (contact.validDate < time(input.validdateafter)) return miss("NON_MATCH_BY_VALID_DATE");
  if (contact.contactAccuracyScore < Number(input.contactaccuracyscoremin ?? 0)) return miss("NON_MATCH_BY_CONTACT_ACCURACY_MIN");
  if (lacks(contact, requiredFields)) return miss("NON_MATCH_BY_REQUIRED_FIELDS");
  return { ...told("FULL_MATCH", [contactProfile(contact, outputFields)]), contact };
}

/** The documented combinations: one of the unique identifiers, or a name together with the company. */
function isSufficient(input: Record<string, Json>): boolean {
  const has = (key: string) => text(input[key]) !== "";
  if (["personid", "emailaddress", "hashedemail", "phone"].some(has)) return true;
  return (has("companyid") || has("companyname")) && (has("fullname") || (has("firstname") && has("lastname")));
}

function find(input: Record<string, Json>, world: World): SandboxContact | undefined {
  const value = (key: string) => text(input[key]);
  if (value("personid")) return world.contactById.get(value("personid"));
  if (value("emailaddress")) return world.contactByEmail.get(value("emailaddress"));
  if (value("hashedemail")) return world.contactByHashedEmail(value("hashedemail"));
  const name = value("fullname") || [value("firstname"), value("lastname")].filter(Boolean).join(" ");
  return world.contacts.find(
    (contact) =>
      fits(value("phone"), contact.phone) &&
      fits(value("companyid"), String(contact.company.id)) &&
      isPartOf(value("companyname"), contact.company.name) &&
      fits(name, `${contact.firstName} ${contact.lastName}`),
  );
}

/** An unknown address at a known company's domain: anybody there stands for the company. */
function atDomainOf(email: string, world: World): SandboxContact | undefined {
  const company = email === "" ? undefined : world.companyByDomain.get(domainOf(email));
  return company && world.contacts.find((contact) => contact.company === company);
}

function fits(wanted: string, value: string): boolean {
  return wanted === "" || wanted === value.toLowerCase();
}

function isPartOf(wanted: string, value: string): boolean {
  return wanted === "" || value.toLowerCase().includes(wanted);
}

function text(value: Json | undefined): string {
  return value === undefined || value === null ? "" : String(value).trim().toLowerCase();
}

/** A date that cannot be read excludes nobody. */
function time(value: Json | undefined): number {
  const parsed = typeof value === "string" ? Date.parse(value) : Number.NaN;
  return Number.isNaN(parsed) ? 0 : parsed;
}

function lacks(contact: SandboxContact, fields: string[]): boolean {
  const values = [...Object.values(contactProfile(contact, fields)), ...Object.values(companyProfile(contact, fields))];
  return values.some((value) => value === "" || (Array.isArray(value) && value.length === 0));
}

function namesIn(value: Json): string[] {
  const names = Array.isArray(value) ? value.map(String) : typeof value === "string" ? value.split(",") : [];
  return names.map((name) => name.trim()).filter((name) => name !== "");
}

function lowerKeys(value: Record<string, Json>): Record<string, Json> {
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key.toLowerCase(), inner]));
}

function isObject(value: Json): value is Record<string, Json> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
