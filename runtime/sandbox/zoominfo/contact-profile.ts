import type { Json } from "../../../shared/json.ts";
import { formatDate } from "./format-date.ts";
import { euCountries } from "./vocabulary.ts";
import { hashedEmails, type SandboxContact } from "./world.ts";

type Field = (contact: SandboxContact) => Json;

const nothing: Field = () => "";
const none: Field = () => [];

/** The output fields of a contact by the name in which they are asked for. */
const personFields: Record<string, Field> = {
  id: ({ id }) => id,
  firstName: ({ firstName }) => firstName,
  middleName: ({ middleName }) => middleName,
  lastName: ({ lastName }) => lastName,
  email: ({ email }) => email,
  // The API writes this one flag as text.
  hasCanadianEmail: ({ email, place }) => String(email !== "" && place.country === "Canada"),
  phone: ({ phone }) => phone,
  directPhoneDoNotCall: () => false,
  mobilePhone: ({ mobilePhone }) => mobilePhone,
  mobilePhoneDoNotCall: () => false,
  street: ({ street }) => street,
  city: ({ place }) => place.city,
  region: ({ place }) => place.region,
  metroArea: ({ place }) => place.metroArea,
  zipCode: ({ place }) => place.zipCode,
  state: ({ place }) => place.state,
  country: ({ place }) => place.country,
  continent: ({ place }) => place.continent,
  personHasMoved: ({ formerCompany }) => (formerCompany ? "Uncertain" : "No"),
  withinEu: ({ place }) => euCountries.has(place.country),
  withinCalifornia: ({ place }) => place.stateCode === "CA",
  withinCanada: ({ place }) => place.country === "Canada",
  validDate: ({ validDate }) => formatDate(validDate),
  lastUpdatedDate: ({ lastUpdatedDate }) => formatDate(lastUpdatedDate),
  noticeProvidedDate: nothing,
  salutation: nothing,
  suffix: nothing,
  jobTitle: ({ jobTitle }) => jobTitle,
  jobFunction: ({ department, jobTitle }) => (department === "" ? [] : [{ name: jobTitle, department }]),
  education: none,
  hashedEmails: ({ email }) => hashedEmails(email),
  picture: nothing,
  externalUrls: none,
  employmentHistory: ({ jobTitle, managementLevel, positionStartDate, company, formerCompany }) =>
    [
      {
        jobTitle,
        managementLevel: [managementLevel],
        fromDate: yearAndMonth(positionStartDate),
        toDate: "",
        company: employer(company),
      },
      ...(formerCompany
        ? [
            {
              jobTitle,
              managementLevel: [managementLevel],
              fromDate: "",
              toDate: yearAndMonth(positionStartDate),
              company: employer(formerCompany),
            },
          ]
        : []),
    ].filter((job) => job.jobTitle !== ""),
  managementLevel: ({ managementLevel }) => (managementLevel === "" ? [] : [managementLevel]),
  contactAccuracyScore: ({ contactAccuracyScore }) => contactAccuracyScore,
  positionStartDate: ({ positionStartDate, jobTitle }) => (jobTitle === "" ? "" : yearAndMonth(positionStartDate)),
  yearsOfExperience: nothing,
  techSkills: none,
  engagements: none,
  locationCompanyId: ({ company }) => company.id,
};

/** Asked for by these names, given inside `company` without the prefix. */
const companyFields: Record<string, Field> = {
  companyId: ({ company }) => company.id,
  companyName: ({ company }) => company.name,
  companyDescriptionList: none,
  companyPhone: ({ company }) => company.phone,
  companyFax: ({ company }) => company.fax,
  companyStreet: ({ company }) => company.street,
  companyCity: ({ company }) => company.place.city,
  companyState: ({ company }) => company.place.state,
  companyZipCode: ({ company }) => company.place.zipCode,
  companyCountry: ({ company }) => company.place.country,
  companyContinent: ({ company }) => company.place.continent,
  companyLogo: nothing,
  companyDivision: nothing,
  companySicCodes: ({ company }) => known(company, [{ id: company.industry.sic, name: company.industry.name }]),
  companyNaicsCodes: ({ company }) => known(company, [{ id: company.industry.naics, name: company.industry.name }]),
  companyWebsite: ({ company }) => `www.${company.domain}`,
  companyRevenue: ({ company }) => revenueText(company.revenue),
  companyRevenueNumeric: ({ company }) => company.revenue,
  companyEmployeeCount: ({ company }) => company.employeeCount,
  companyType: ({ company }) => company.type,
  companyTicker: ({ company }) => company.ticker,
  companyRanking: none,
  companySocialMediaUrls: none,
  companyPrimaryIndustry: ({ company }) => known(company, [company.industry.name]),
  companyIndustries: ({ company }) => known(company, [company.industry.name]),
  companyRevenueRange: ({ company }) => rangeOf(company.revenue, [10_000, 50_000, 100_000, 500_000, 1_000_000], "$"),
  companyEmployeeRange: ({ company }) => rangeOf(company.employeeCount, [10, 50, 100, 500, 1_000, 5_000, 10_000], ""),
  isDefunct: () => false,
};

const fieldByLowerName = new Map(
  [...Object.keys(personFields), ...Object.keys(companyFields)].map((name) => [name.toLowerCase(), name]),
);

/** All that the API tells of a contact. */
export const contactOutputFields = [...fieldByLowerName.values()];

/** The field's proper name, or null when contacts have no such output field. */
export function outputField(name: string): string | null {
  return fieldByLowerName.get(name.toLowerCase()) ?? null;
}

/** The fields asked for and no others; those of the company nested. */
export function contactProfile(contact: SandboxContact, fields: string[]): Record<string, Json> {
  const profile: Record<string, Json> = {};
  for (const name of fields) {
    const read = personFields[name];
    if (read) profile[name] = read(contact);
  }
  const company = companyProfile(contact, fields);
  return Object.keys(company).length > 0 ? { ...profile, company } : profile;
}

/** Only the company's part: for a person who is not known at a company that is. */
export function companyProfile(contact: SandboxContact, fields: string[]): Record<string, Json> {
  const company: Record<string, Json> = {};
  for (const name of fields) {
    const read = companyFields[name];
    if (read) company[withoutPrefix(name)] = read(contact);
  }
  return company;
}

function withoutPrefix(name: string): string {
  const rest = name.replace(/^company/, "");
  return rest.charAt(0).toLowerCase() + rest.slice(1);
}

function employer({ id, name, phone, domain }: SandboxContact["company"]): Json {
  return { companyId: id, companyName: name, companyPhone: phone, companyWebsite: `www.${domain}` };
}

/** The documents' own examples have no invented facts: their revenue is 0, and nothing else is told. */
function known(company: SandboxContact["company"], value: Json[]): Json[] {
  return company.revenue > 0 ? value : [];
}

/** `$400 Million`, from thousands. */
function revenueText(thousands: number): string {
  if (thousands === 0) return "";
  const short = (value: number) => String(Math.round(value * 10) / 10);
  return thousands >= 1_000_000 ? `$${short(thousands / 1_000_000)} Billion` : `$${short(thousands / 1_000)} Million`;
}

function rangeOf(value: number, bounds: number[], unit: string): string {
  if (value === 0) return "";
  const text = (bound: number) => unit + bound.toLocaleString("en-US");
  const index = bounds.findIndex((bound) => value < bound);
  const [from, to] = [bounds[index - 1], bounds[index]];
  if (to === undefined) return `Over ${text(bounds.at(-1) ?? 0)}`;
  return from === undefined ? `Under ${text(to)}` : `${text(from)} - ${text(to)}`;
}

function yearAndMonth(time: number): string {
  return new Date(time).toISOString().slice(0, 7);
}
