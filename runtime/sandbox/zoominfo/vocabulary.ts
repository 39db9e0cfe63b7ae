/** Words that the synthetic world is made of. Surnames and company names are put together from syllables: nobody bears them. */
export const firstNames = (
  "Ada Alma Amir Anouk Aram Arlo Asha Bea Bodhi Bruno Cleo Cyrus Dara Davi Edda Elio Emre Enzo Esme Farah Finn Freya Gaia Gil " +
  "Hana Hugo Ida Ilse Imani Ines Ivo Jada Joah Juno Kaia Keir Kian Lars Leda Lior Luca Maeve Malik Mira Nadia Nico Noor Odin " +
  "Orla Otis Petra Quinn Rafa Remy Runa Saul Signe Soren Tamsin Tarek Thea Ugo Una Vera Vito Wren Yara Yuri Zane Zora"
).split(" ");
export const surnameStarts = (
  "Ash Bel Bram Brin Cal Cor Dal Del Dun Eld Fal Fen Gar Gren Hal Hest Ild Jor Kel Kor Lan Lor Mar Mel Nar Nor Ober Orm Pel " +
  "Quin Ral Ros Sel Stav Tam Tor Ul Vel Wes Yar"
).split(" ");
export const surnameEnds =
  "adrin bourne brask dorn elund fenwick grath holt iveth kasten lowe mere nark omund quist rade strand thorpe ulf vane wick yorne".split(
    " ",
  );
export const companyStarts = (
  "Aero Alti Arbo Axio Bryn Calder Cinta Dyna Elva Fenno Giro Halo Ister Juni Kado Lumo Mondo Nexa Norva Orbi Pela Quanta Rivo " +
  "Sola Tessa Umbra Vanta Wexa Xylo Zephi"
).split(" ");
export const companyEnds =
  "bridge crest dyne field forge grid lane mark mere nova path point quill rise span tide trix vault ware works".split(" ");

export const departments = [
  { name: "Sales", noun: "Sales" },
  { name: "Marketing", noun: "Marketing" },
  { name: "Finance", noun: "Finance" },
  { name: "Human Resources", noun: "People" },
  { name: "Information Technology", noun: "Technology" },
  { name: "Engineering & Technical", noun: "Engineering" },
  { name: "Operations", noun: "Operations" },
  { name: "Legal", noun: "Legal" },
];

/** Highest first; `share` of all contacts in percent. */
export const managementLevels = [
  { name: "C-Level", share: 6, title: (noun: string) => `Chief ${noun} Officer` },
  { name: "VP-Level", share: 12, title: (noun: string) => `Vice President, ${noun}` },
  { name: "Director", share: 20, title: (noun: string) => `Director of ${noun}` },
  { name: "Manager", share: 27, title: (noun: string) => `${noun} Manager` },
  { name: "Non-Manager", share: 35, title: (noun: string) => `${noun} Specialist` },
];

export const industries = [
  { name: "Software", code: "software", sic: "7372", naics: "511210" },
  { name: "Business Services", code: "bizservice", sic: "7389", naics: "561499" },
  { name: "Construction", code: "construction", sic: "1542", naics: "236220" },
  { name: "Education", code: "education", sic: "8221", naics: "611310" },
  { name: "Energy, Utilities & Waste", code: "energy", sic: "4911", naics: "221122" },
  { name: "Finance", code: "finance", sic: "6211", naics: "523110" },
  { name: "Healthcare Services", code: "healthcare", sic: "8062", naics: "622110" },
  { name: "Hospitality", code: "hospitality", sic: "7011", naics: "721110" },
  { name: "Insurance", code: "insurance", sic: "6411", naics: "524210" },
  { name: "Manufacturing", code: "manufacturing", sic: "3569", naics: "333999" },
  { name: "Media & Internet", code: "media", sic: "2741", naics: "519130" },
  { name: "Retail", code: "retail", sic: "5399", naics: "455219" },
  { name: "Telecommunications", code: "telecom", sic: "4812", naics: "517312" },
  { name: "Transportation", code: "transportation", sic: "4213", naics: "484121" },
];

export type Place = {
  city: string;
  state: string;
  stateCode: string;
  zipCode: string;
  region: string;
  metroArea: string;
  country: string;
  continent: string;
};

const place = (text: string): Place => {
  const [city = "", state = "", stateCode = "", zipCode = "", region = "", metroArea = "", country = "", continent = ""] =
    text.split("|");
  return { city, state, stateCode, zipCode, region, metroArea, country, continent };
};

const unitedStates = "United States|North America";
export const places = [
  `Boston|Massachusetts|MA|02110|Northeast|MA - Boston|${unitedStates}`,
  `Cambridge|Massachusetts|MA|02142|Northeast|MA - Boston|${unitedStates}`,
  `New York|New York|NY|10001|Northeast|NY - New York City|${unitedStates}`,
  `Buffalo|New York|NY|14202|Northeast|NY - Buffalo|${unitedStates}`,
  `San Francisco|California|CA|94105|West|CA - San Francisco|${unitedStates}`,
  `San Diego|California|CA|92101|West|CA - San Diego|${unitedStates}`,
  `Austin|Texas|TX|78701|South|TX - Austin|${unitedStates}`,
  `Dallas|Texas|TX|75201|South|TX - Dallas|${unitedStates}`,
  `Chicago|Illinois|IL|60601|Midwest|IL - Chicago|${unitedStates}`,
  `Denver|Colorado|CO|80202|West|CO - Denver|${unitedStates}`,
  `Seattle|Washington|WA|98101|West|WA - Seattle|${unitedStates}`,
  `Atlanta|Georgia|GA|30303|South|GA - Atlanta|${unitedStates}`,
  "Toronto|Ontario|ON|M5H 2N2|Eastern Canada|ON - Toronto|Canada|North America",
  "Vancouver|British Columbia|BC|V6B 1A1|Western Canada|BC - Vancouver|Canada|North America",
  "London|England||EC2A 4NE|Greater London|London|United Kingdom|Europe",
  "Manchester|England||M1 1AE|North West|Manchester|United Kingdom|Europe",
  "Berlin|Berlin||10115|Berlin|Berlin|Germany|Europe",
  "Munich|Bavaria||80331|Bavaria|Munich|Germany|Europe",
  "Lyon|Auvergne-Rhone-Alpes||69002|Auvergne-Rhone-Alpes|Lyon|France|Europe",
  "Rotterdam|South Holland||3011|South Holland|Rotterdam|Netherlands|Europe",
  "Sydney|New South Wales||2000|New South Wales|Sydney|Australia|Oceania",
  "Singapore|||018956||Singapore|Singapore|Asia",
].map(place);

/** Countries of the list above whose people are covered by `withinEu`. */
export const euCountries = new Set(["Germany", "France", "Netherlands"]);
