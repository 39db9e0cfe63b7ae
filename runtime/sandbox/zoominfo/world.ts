import { createHash } from "node:crypto";
import { createRandom, type Random } from "./random.ts";
import {
  companyEnds,
  companyStarts,
  departments,
  firstNames,
  industries,
  managementLevels,
  type Place,
  places,
  surnameEnds,
  surnameStarts,
} from "./vocabulary.ts";

export type SandboxCompany = {
  id: number;
  name: string;
  domain: string;
  phone: string;
  fax: string;
  street: string;
  place: Place;
  ticker: string;
  type: "Private" | "Public";
  /** Thousands of dollars, as ZoomInfo counts. */
  revenue: number;
  employeeCount: number;
  industry: (typeof industries)[number];
  foundedYear: number;
};

export type SandboxContact = {
  id: number;
  firstName: string;
  middleName: string;
  lastName: string;
  /** Empty when none is known, as are the phones. */
  email: string;
  phone: string;
  mobilePhone: string;
  jobTitle: string;
  department: string;
  /** One of the management levels, or empty. */
  managementLevel: string;
  contactAccuracyScore: number;
  street: string;
  place: Place;
  /** Milliseconds since the epoch. */
  validDate: number;
  lastUpdatedDate: number;
  positionStartDate: number;
  optedOut: boolean;
  company: SandboxCompany;
  formerCompany: SandboxCompany | null;
};

export type World = {
  companies: SandboxCompany[];
  contacts: SandboxContact[];
  contactById: Map<string, SandboxContact>;
  /** By lower-case address. */
  contactByEmail: Map<string, SandboxContact>;
  /** By MD5, SHA-1, SHA-256 or SHA-512 of the lower-case address, in hex. */
  contactByHashedEmail(hash: string): SandboxContact | undefined;
  /** Gives a contact another address, by which it is found from now on. */
  setEmail(contact: SandboxContact, email: string): void;
  companyById: Map<string, SandboxCompany>;
  companyByDomain: Map<string, SandboxCompany>;
};

const seed = 20_260_101;
const day = 86_400_000;
/** Dates of records lie in the two years before this day, so that they never depend on the clock. */
const lastDay = Date.UTC(2026, 0, 1);

/** Builds about 600 companies and 4,000 contacts; takes some tens of milliseconds, so call it when they are first asked for. */
export function createWorld(): World {
  const random = createRandom(seed);
  const companies = [...showcaseCompanies(), ...makeCompanies(598, random)];
  const contacts = [...showcaseContacts(companies), ...makeContacts(3_998, companies, random)];
  const contactByEmail = new Map(contacts.flatMap((contact) => (contact.email ? [[contact.email, contact] as const] : [])));
  let byHash: Map<string, SandboxContact> | null = null;
  return {
    companies,
    contacts,
    contactByEmail,
    contactById: new Map(contacts.map((contact) => [String(contact.id), contact])),
    contactByHashedEmail: (hash) => {
      byHash ??= new Map(contacts.flatMap((contact) => hashedEmails(contact.email).map((hashed) => [hashed, contact] as const)));
      return byHash.get(hash.toLowerCase());
    },
    setEmail: (contact, email) => {
      if (contactByEmail.get(contact.email) === contact) contactByEmail.delete(contact.email);
      contact.email = email.toLowerCase();
      if (contact.email !== "") contactByEmail.set(contact.email, contact);
      byHash = null;
    },
    companyById: new Map(companies.map((company) => [String(company.id), company])),
    companyByDomain: new Map(companies.map((company) => [company.domain, company])),
  };
}

/** MD5, SHA-1, SHA-256 and SHA-512 of an address, in hex; none for an empty one. */
export function hashedEmails(email: string): string[] {
  if (email === "") return [];
  return ["md5", "sha1", "sha256", "sha512"].map((algorithm) => createHash(algorithm).update(email).digest("hex"));
}

/** The examples of the vendor's own documents: name, employer and office, nothing else about them is told or invented. */
function showcaseCompanies(): SandboxCompany[] {
  const cupertino: Place = {
    city: "Cupertino",
    state: "California",
    stateCode: "CA",
    zipCode: "95014",
    region: "West",
    metroArea: "CA - San Jose",
    country: "United States",
    continent: "North America",
  };
  const [boston = cupertino] = places;
  const blank = { phone: "", fax: "", street: "", ticker: "", revenue: 0, employeeCount: 0, foundedYear: 0 };
  const [software] = industries;
  if (!software) return [];
  return [
    { ...blank, id: 344_589_814, name: "Apple", domain: "apple.example", place: cupertino, type: "Public", industry: software },
    {
      id: 344_600_001,
      name: "Norvanta Robotics",
      domain: "norvanta.example",
      phone: "(617) 555-0142",
      fax: "(617) 555-0143",
      street: "18 Harbour Row",
      place: boston,
      ticker: "",
      type: "Private",
      revenue: 86_000,
      employeeCount: 410,
      industry: software,
      foundedYear: 2009,
    },
  ];
}

function showcaseContacts([apple, norvanta]: SandboxCompany[]): SandboxContact[] {
  if (!apple || !norvanta) return [];
  const dates = { validDate: lastDay - 20 * day, lastUpdatedDate: lastDay - 35 * day, positionStartDate: lastDay - 900 * day };
  const unknown = { middleName: "", email: "", phone: "", mobilePhone: "", jobTitle: "", department: "", managementLevel: "" };
  return [
    {
      ...dates,
      ...unknown,
      id: 1_260_398_587,
      firstName: "Tim",
      lastName: "Cook",
      contactAccuracyScore: 95,
      street: "",
      place: apple.place,
      optedOut: false,
      company: apple,
      formerCompany: null,
    },
    {
      ...dates,
      id: 1_300_000_001,
      firstName: "Mira",
      middleName: "",
      lastName: "Ostrade",
      email: "mira.ostrade@norvanta.example",
      phone: "(617) 555-0142 ext. 118",
      mobilePhone: "(617) 555-0187",
      jobTitle: "Director of Operations",
      department: "Operations",
      managementLevel: "Director",
      contactAccuracyScore: 97,
      street: norvanta.street,
      place: norvanta.place,
      optedOut: false,
      company: norvanta,
      formerCompany: null,
    },
  ];
}

function makeCompanies(count: number, random: Random): SandboxCompany[] {
  return Array.from({ length: count }, (_, index) => {
    const name = companyName(index);
    const employeeCount = Math.round(10 * 1.9 ** random.below(11) * (1 + random.below(90) / 100));
    const isPublic = employeeCount > 2_000 && random.chance(50);
    return {
      id: 345_000_000 + index * 137,
      name: `${name} ${random.pick(["Group", "Labs", "Partners", "Systems", "Industries"])}`,
      domain: `${name.toLowerCase()}.example`,
      phone: phone(random),
      fax: phone(random),
      street: `${1 + random.below(900)} ${random.pick(["Market", "Mill", "Canal", "Station", "Orchard"])} Street`,
      place: random.pick(places),
      ticker: isPublic
        ? name
            .replace(/[aeiou]/g, "")
            .slice(0, 4)
            .toUpperCase()
        : "",
      type: isPublic ? "Public" : "Private",
      revenue: employeeCount * (80 + random.below(220)),
      employeeCount,
      industry: random.pick(industries),
      foundedYear: 1950 + random.below(72),
    };
  });
}

/** Each pair of syllables once: 271 shares no factor with their number, so the steps visit all before one comes again. */
function companyName(index: number): string {
  const pair = (index * 271) % (companyStarts.length * companyEnds.length);
  return `${companyStarts[pair % companyStarts.length]}${companyEnds[Math.floor(pair / companyStarts.length)]}`;
}

function makeContacts(count: number, companies: SandboxCompany[], random: Random): SandboxContact[] {
  // The documents' example keeps its one person; invented colleagues would say something about a real employer.
  const employers = companies.slice(1);
  const emails = new Set<string>();
  return Array.from({ length: count }, (_, index) => {
    const company = random.pick(employers);
    const firstName = random.pick(firstNames);
    const lastName = `${random.pick(surnameStarts)}${random.pick(surnameEnds)}`;
    const department = random.pick(departments);
    const level = pickLevel(random);
    let local = `${firstName}.${lastName}`.toLowerCase();
    if (emails.has(`${local}@${company.domain}`)) local += String(index);
    emails.add(`${local}@${company.domain}`);
    const lastUpdatedDate = lastDay - random.below(700) * day - random.below(day / 60_000) * 60_000;
    return {
      id: 1_400_000_000 + index * 211,
      firstName,
      middleName: random.chance(30) ? String.fromCharCode(65 + random.below(26)) : "",
      lastName,
      email: random.chance(92) ? `${local}@${company.domain}` : "",
      phone: random.chance(70) ? phone(random) : "",
      mobilePhone: random.chance(45) ? phone(random) : "",
      jobTitle: level.title(department.noun),
      department: department.name,
      managementLevel: level.name,
      contactAccuracyScore: 70 + random.below(30),
      street: company.street,
      place: random.chance(75) ? company.place : random.pick(places),
      validDate: Math.min(lastDay, lastUpdatedDate + random.below(60) * day),
      lastUpdatedDate,
      positionStartDate: lastUpdatedDate - (90 + random.below(3_000)) * day,
      optedOut: random.chance(0.5),
      company,
      formerCompany: random.chance(40) ? random.pick(employers) : null,
    };
  });
}

function pickLevel(random: Random): (typeof managementLevels)[number] {
  let left = random.below(100);
  for (const level of managementLevels) {
    if (left < level.share) return level;
    left -= level.share;
  }
  return random.pick(managementLevels);
}

/** 555-0100 to 555-0199 are reserved for fiction. */
function phone(random: Random): string {
  return `(${200 + random.below(700)}) 555-01${String(random.below(100)).padStart(2, "0")}`;
}
