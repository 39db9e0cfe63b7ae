import type { Json } from "../../../shared/json.ts";
import type { Place } from "./vocabulary.ts";
import { hashedEmails, type SandboxContact } from "./world.ts";

/** Made from the values of one criterion; `inputs` are all criteria, by lower-case name. */
type ContactFilter = (values: string[], inputs: Map<string, Json>) => (contact: SandboxContact) => boolean;

const plain = (text: string) =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, " ")
    .trim();
/** `C Level Exec`, `C-Level` and `c level` are one. */
const level = (text: string) => plain(text).replace(/ exec$/, "");
const equals =
  (read: (contact: SandboxContact) => string | number): ContactFilter =>
  (values) => {
    const wanted = new Set(values.map((value) => value.toLowerCase()));
    return (contact) => wanted.has(String(read(contact)).toLowerCase());
  };
const contains =
  (read: (contact: SandboxContact) => string): ContactFilter =>
  (values) => {
    const wanted = values.map(plain).filter((value) => value !== "");
    return (contact) => wanted.some((value) => plain(read(contact)).includes(value));
  };
const atLeast =
  (read: (contact: SandboxContact) => number): ContactFilter =>
  ([value]) =>
  (contact) =>
    read(contact) >= Number(value);
const atMost =
  (read: (contact: SandboxContact) => number): ContactFilter =>
  ([value]) =>
  (contact) =>
    read(contact) <= Number(value);
const after =
  (read: (contact: SandboxContact) => number): ContactFilter =>
  ([value]) => {
    const time = Date.parse(value ?? "");
    return (contact) => read(contact) >= time;
  };
const not =
  (filter: ContactFilter): ContactFilter =>
  (values, inputs) => {
    const test = filter(values, inputs);
    return (contact) => !test(contact);
  };

const fullName = ({ firstName, lastName }: SandboxContact) => `${firstName} ${lastName}`;
const jobTitle = contains((contact) => contact.jobTitle);
const managementLevel: ContactFilter = (values) => {
  const wanted = new Set(values.map(level));
  return (contact) => wanted.has(level(contact.managementLevel));
};

/** State and country are alternatives: a contact fits when either does. */
const location: ContactFilter = (_, inputs) => {
  const wanted = (key: string) =>
    String(inputs.get(key) ?? "")
      .split(/,|\s+OR\s+/)
      .map((item) => item.trim().toLowerCase())
      .filter((item) => item !== "");
  const [states, countries, zips] = [wanted("state"), wanted("country"), wanted("zipcode")];
  const fits = (place: Place) =>
    [place.state, place.stateCode].some((state) => state !== "" && states.includes(state.toLowerCase())) ||
    countries.includes(place.country.toLowerCase()) ||
    zips.includes(place.zipCode.toLowerCase());
  const type = String(inputs.get("locationsearchtype") ?? "PersonOrHQ");
  return ({ place, company }) => {
    if (type === "Person") return fits(place);
    if (type === "HQ") return fits(company.place);
    return type === "PersonAndHQ" ? fits(place) && fits(company.place) : fits(place) || fits(company.place);
  };
};

const website: ContactFilter = (values) => {
  const wanted = new Set(values.map((value) => domainOf(value)));
  return (contact) => wanted.has(contact.company.domain);
};

const required = new Map<string, (contact: SandboxContact) => boolean>([
  ["email", (contact) => contact.email !== ""],
  ["phone", (contact) => contact.phone !== ""],
  ["directphone", (contact) => contact.phone !== ""],
  ["mobilephone", (contact) => contact.mobilePhone !== ""],
]);

/** What contacts can be searched by here, by lower-case name. */
export const contactFilters = new Map<string, ContactFilter>([
  ["personid", equals((contact) => contact.id)],
  ["emailaddress", equals((contact) => contact.email)],
  ["hashedemail", (values) => (contact) => hashedEmails(contact.email).some((hash) => values.includes(hash))],
  ["phone", equals((contact) => contact.phone)],
  ["fullname", contains(fullName)],
  ["firstname", equals((contact) => contact.firstName)],
  ["middleinitial", equals((contact) => contact.middleName)],
  ["lastname", equals((contact) => contact.lastName)],
  ["jobtitle", jobTitle],
  ["excludejobtitle", not(jobTitle)],
  ["managementlevel", managementLevel],
  ["excludemanagementlevel", not(managementLevel)],
  ["department", contains((contact) => contact.department)],
  ["contactaccuracyscoremin", atLeast((contact) => contact.contactAccuracyScore)],
  ["contactaccuracyscoremax", atMost((contact) => contact.contactAccuracyScore)],
  ["lastupdateddateafter", after((contact) => contact.lastUpdatedDate)],
  ["validdateafter", after((contact) => contact.validDate)],
  ["requiredfields", (values) => (contact) => values.every((value) => required.get(value.toLowerCase())?.(contact) ?? false)],
  [
    "executivesonly",
    ([value]) =>
      (contact) =>
        value !== "true" || /^(C|VP)-/.test(contact.managementLevel),
  ],
  ["companyid", equals((contact) => contact.company.id)],
  ["locationcompanyid", equals((contact) => contact.company.id)],
  ["companyname", contains((contact) => contact.company.name)],
  ["companywebsite", website],
  ["companyticker", equals((contact) => contact.company.ticker)],
  ["companytype", equals((contact) => contact.company.type)],
  ["revenuemin", atLeast((contact) => contact.company.revenue)],
  ["revenuemax", atMost((contact) => contact.company.revenue)],
  ["employeerangemin", atLeast((contact) => contact.company.employeeCount)],
  ["employeerangemax", atMost((contact) => contact.company.employeeCount)],
  ["industrycodes", equals((contact) => contact.company.industry.code)],
  ["industrykeywords", contains((contact) => contact.company.industry.name)],
  ["state", location],
  ["country", location],
  ["zipcode", location],
  ["continent", equals((contact) => contact.place.continent)],
  ["metroregion", contains((contact) => contact.place.metroArea)],
  // How, not what: read by the location criteria.
  ["locationsearchtype", () => () => true],
]);

/** Criteria of the real API for which the invented data has nothing to go by; refused rather than ignored. */
export const unsupportedContactFilters = new Set(
  (
    "address boardmember businessmodel certified companydescription companypastorpresent companyranking companystructureincludedsubunittypes " +
    "degree employeecount engagementenddate engagementstartdate engagementtype excludedefunctcompanies excludedregions " +
    "excludepartialprofiles filterbybuyingcommittee fundingamountmax fundingamountmin fundingenddate fundingstartdate hasbeennotified " +
    "hashtagstring jobfunction lastupdatedinmonths naicscodes oneyearemployeegrowthratemax oneyearemployeegrowthratemin parentid " +
    "positionstartdatemax positionstartdatemin primaryindustriesonly revenue school siccodes street subunittypes supplementalemail " +
    "techattributetaglist techskills twoyearemployeegrowthratemax twoyearemployeegrowthratemin ultimateparentid webreferences " +
    "yearsofexperience zipcoderadiusmiles zoominfocontactsmax zoominfocontactsmin"
  ).split(" "),
);

/** The host of a web address or of an e-mail address, without `www.`. */
export function domainOf(address: string): string {
  return address
    .toLowerCase()
    .replace(/^https?:\/\//, "")
    .replace(/^.*@/, "")
    .replace(/^www\./, "")
    .replace(/[/?#].*$/, "");
}
