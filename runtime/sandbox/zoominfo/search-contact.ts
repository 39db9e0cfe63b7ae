import type { Json } from "../../../shared/json.ts";
import { contactFilters, unsupportedContactFilters } from "./contact-filters.ts";
import { formatDate } from "./format-date.ts";
import { type Problem, problems } from "./problems.ts";
import { managementLevels } from "./vocabulary.ts";
import type { SandboxContact, World } from "./world.ts";

export type SearchAnswer = { maxResults: number; totalResults: number; currentPage: number; data: Json[] };

const paging = new Set(["rpp", "page", "sortorder", "sortby"]);
const sortOrders = new Set(["asc", "ascending", "desc", "descending"]);

/**
 * `POST /search/contact`: previews of the contacts that fit all criteria. `maxResults` counts all matches, `totalResults` those
 * on this page.
 */
export function searchContacts(body: Record<string, Json>, world: () => World): SearchAnswer | Problem {
  const inputs = new Map(Object.entries(body).map(([key, value]) => [key.toLowerCase(), value]));
  const page = readPage(inputs);
  if ("status" in page) return page;
  const order = readOrder(inputs);
  if ("status" in order) return order;
  const criteria = [...inputs].filter(([key, value]) => !paging.has(key) && value !== null && value !== "");
  const unknown = criteria.filter(([key]) => !contactFilters.has(key)).map(([key]) => key);
  if (unknown.length > 0)
    return unknown.every((key) => unsupportedContactFilters.has(key))
      ? problems.invalidFields(unknown, `The sandbox cannot filter by ${unknown.join(", ")}`)
      : problems.invalidFields(unknown);
  // The type of location says how to search, not what for.
  if (criteria.every(([key]) => key === "locationsearchtype")) return problems.insufficient;

  const found = order.sort(matching(inputs, criteria, world()));
  const start = (page.page - 1) * page.rpp;
  if (page.page > 1 && start >= found.length) return problems.pageTooHigh;
  const data = found.slice(start, start + page.rpp).map(preview);
  return { maxResults: found.length, totalResults: data.length, currentPage: page.page, data };
}

function matching(inputs: Map<string, Json>, criteria: [string, Json][], world: World): SandboxContact[] {
  const tests = criteria.flatMap(([key, value]) => {
    const filter = contactFilters.get(key);
    return filter ? [filter(valuesOf(value), inputs)] : [];
  });
  return candidates(inputs, world).filter((contact) => tests.every((test) => test(contact)));
}

/** One address or id names at most one contact, so nobody else need be looked at. */
function candidates(inputs: Map<string, Json>, world: World): SandboxContact[] {
  const [id, ...moreIds] = valuesOf(inputs.get("personid") ?? null);
  const [email, ...moreEmails] = valuesOf(inputs.get("emailaddress") ?? null);
  if (id !== undefined && moreIds.length === 0) return [world.contactById.get(id)].flatMap((contact) => contact ?? []);
  if (email !== undefined && moreEmails.length === 0)
    return [world.contactByEmail.get(email.toLowerCase())].flatMap((contact) => contact ?? []);
  return world.contacts;
}

/** Several values come as an array, separated by commas, or by OR. */
function valuesOf(value: Json): string[] {
  if (value === null) return [];
  if (Array.isArray(value)) return value.flatMap(valuesOf);
  return String(value)
    .split(/,|\s+OR\s+/)
    .map((item) => item.trim().replace(/^"(.*)"$/, "$1"))
    .filter((item) => item !== "");
}

function readPage(inputs: Map<string, Json>): { page: number; rpp: number } | Problem {
  const rpp = wholeNumber(inputs.get("rpp") ?? 25);
  const page = wholeNumber(inputs.get("page") ?? 1);
  if (rpp === null || rpp < 1) return problems.rppNotNumber;
  if (page === null || page < 1) return problems.pageNotNumber;
  if (rpp > 100) return problems.rppTooHigh;
  return page > 1_000 || page * rpp > 10_000 ? problems.paginationTooHigh : { page, rpp };
}

function wholeNumber(value: Json): number | null {
  const text = String(value);
  return /^\d{1,9}$/.test(text) ? Number(text) : null;
}

type Order = { sort(contacts: SandboxContact[]): SandboxContact[] };

function readOrder(inputs: Map<string, Json>): Order | Problem {
  const sortBy = inputs.get("sortby") ?? null;
  const sortOrder = String(inputs.get("sortorder") ?? "desc").toLowerCase();
  if (!sortOrders.has(sortOrder)) return problems.invalidFields(["sortorder"]);
  // The order of the data itself stands for relevance.
  if (sortBy === null || sortBy === "relevance") return { sort: (contacts) => contacts };
  const key = typeof sortBy === "string" ? sortKeys.get(sortBy.toLowerCase()) : undefined;
  if (!key) return problems.sortByInvalid;
  const sign = sortOrder.startsWith("asc") ? 1 : -1;
  return { sort: (contacts) => contacts.toSorted((a, b) => sign * compare(key(a), key(b)) || a.id - b.id) };
}

const sortKeys = new Map<string, (contact: SandboxContact) => string | number>([
  ["contactaccuracyscore", (contact) => contact.contactAccuracyScore],
  ["lastname", (contact) => contact.lastName],
  ["companyname", (contact) => contact.company.name],
  ["hierarchy", (contact) => -managementLevels.findIndex((level) => level.name === contact.managementLevel)],
  ["sourcecount", (contact) => contact.contactAccuracyScore],
  ["lastmentioned", (contact) => contact.lastUpdatedDate],
]);

function compare(a: string | number, b: string | number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function preview(contact: SandboxContact): Json {
  const { company } = contact;
  return {
    id: contact.id,
    firstName: contact.firstName,
    middleName: contact.middleName,
    lastName: contact.lastName,
    validDate: formatDate(contact.validDate),
    lastUpdatedDate: formatDate(contact.lastUpdatedDate),
    jobTitle: contact.jobTitle,
    contactAccuracyScore: contact.contactAccuracyScore,
    hasEmail: contact.email !== "",
    hasSupplementalEmail: false,
    hasDirectPhone: contact.phone !== "",
    hasMobilePhone: contact.mobilePhone !== "",
    hasCompanyIndustry: company.revenue > 0,
    hasCompanyPhone: company.phone !== "",
    hasCompanyStreet: company.street !== "",
    hasCompanyState: company.place.state !== "",
    hasCompanyZipCode: company.place.zipCode !== "",
    hasCompanyCountry: true,
    hasCompanyRevenue: company.revenue > 0,
    hasCompanyEmployeeCount: company.employeeCount > 0,
    company: { id: company.id, name: company.name },
  };
}
