import { describe, expect, test } from "vitest";
import { createZoomInfoSandbox } from "./server.ts";
import { sandboxCredentials } from "./session.ts";
import { startZoomInfoSandbox } from "./start.ts";

const start = Date.UTC(2026, 5, 1);
let now = start;
const app = createZoomInfoSandbox({ clock: () => now, ids: () => "req-1" });
const headers = { "user-agent": "test", "content-type": "application/json" };

async function token(): Promise<string> {
  const response = await app.request("/authenticate", { method: "POST", headers, body: JSON.stringify(sandboxCredentials) });
  // The shape is what the tests of /authenticate below check.
  return ((await response.json()) as { jwt: string }).jwt;
}

async function post(path: string, body: unknown) {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const authorized = { ...headers, authorization: `Bearer ${await token()}` };
  const response = await app.request(path, { method: "POST", headers: authorized, body: text });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const mira = { emailAddress: "mira.ostrade@norvanta.example" };

describe("access", () => {
  test("gives a token of an hour for the sandbox credentials, sent as JSON or as a form", async () => {
    const asJson = await app.request("/authenticate", { method: "POST", headers, body: JSON.stringify(sandboxCredentials) });
    expect(await asJson.json()).toEqual({ success: true, jwt: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/) });
    const asForm = await app.request("/authenticate", {
      method: "POST",
      headers: { "user-agent": "test", "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams(sandboxCredentials).toString(),
    });
    expect(asForm.status).toBe(200);
    const [, payload = ""] = (await token()).split(".");
    const { iat, exp } = JSON.parse(Buffer.from(payload, "base64url").toString());
    expect(exp - iat).toBe(3_600);
  });

  test.each([
    ["a wrong password", JSON.stringify({ ...sandboxCredentials, password: "wrong" })],
    ["no password", JSON.stringify({ username: sandboxCredentials.username })],
    ["text that is no JSON", "{"],
    ["null", "null"],
  ])("answers 401 with a text to %s", async (_, body) => {
    const response = await app.request("/authenticate", { method: "POST", headers, body });
    expect([response.status, await response.text()]).toEqual([401, "Authentication failed"]);
  });

  test("takes no client's JWT while no key is registered", async () => {
    const authorization = "Bearer e30.e30.c2ln";
    const response = await app.request("/authenticate", { method: "POST", headers: { ...headers, authorization }, body: "{}" });
    expect([response.status, await response.text()]).toEqual([401, "Error getting jwt info"]);
  });

  test("refuses a token after an hour, and one that was changed", async () => {
    const jwt = await token();
    const search = (authorization: string) =>
      app.request("/search/contact", { method: "POST", headers: { ...headers, authorization }, body: JSON.stringify(mira) });
    expect((await search(`Bearer ${jwt}`)).status).toBe(200);
    expect((await search(`Bearer ${jwt.slice(0, -2)}AA`)).status).toBe(401);
    expect((await search("")).status).toBe(401);
    now = start + 3_600_000;
    const late = await search(`Bearer ${jwt}`);
    now = start;
    expect(late.status).toBe(401);
    expect(await late.json()).toMatchObject({ error: "Authentication failed" });
  });

  test("refuses requests without a User-Agent, and names every answer by X-Request-Id", async () => {
    const response = await app.request("/authenticate", { method: "POST", body: JSON.stringify(sandboxCredentials) });
    expect(response.status).toBe(403);
    expect(response.headers.get("x-request-id")).toBe("req-1");
    expect((await app.request("/nowhere", { headers })).headers.get("x-request-id")).toBe("req-1");
  });
});

describe("contact search", () => {
  test("finds a contact by address and shows a preview without the address itself", async () => {
    const { status, body } = await post("/search/contact", mira);
    expect(status).toBe(200);
    expect(body).toMatchObject({ maxResults: 1, totalResults: 1, currentPage: 1 });
    expect(body.data).toEqual([
      expect.objectContaining({
        id: 1300000001,
        lastName: "Ostrade",
        hasEmail: true,
        validDate: expect.stringMatching(/^\d+\/\d+\/\d{4} \d+:\d\d [AP]M$/),
        company: { id: 344600001, name: "Norvanta Robotics" },
      }),
    ]);
    expect(JSON.stringify(body)).not.toContain("@");
  });

  test("answers an unknown address with an empty page", async () => {
    expect((await post("/search/contact", { emailAddress: "nobody@nowhere.example" })).body).toEqual({
      maxResults: 0,
      totalResults: 0,
      currentPage: 1,
      data: [],
    });
  });

  test("counts all matches and those on the page apart", async () => {
    const first = await post("/search/contact", { managementLevel: "C Level Exec", rpp: 10 });
    const second = await post("/search/contact", { managementLevel: "C-Level", rpp: 10, page: 2 });
    expect(first.body).toMatchObject({ totalResults: 10, currentPage: 1 });
    expect(second.body.maxResults).toBe(first.body.maxResults);
    expect(second.body.data).not.toEqual(first.body.data);
  });

  test("treats commas, OR and arrays as alternatives, and a state and a country as well", async () => {
    const count = async (body: object) => Number((await post("/search/contact", body)).body.maxResults);
    const directors = await count({ managementLevel: "Director" });
    const managers = await count({ managementLevel: "Manager" });
    expect(await count({ managementLevel: "Director,Manager" })).toBe(directors + managers);
    expect(await count({ managementLevel: "Director OR Manager" })).toBe(directors + managers);
    expect(await count({ managementLevel: ["Director", "Manager"] })).toBe(directors + managers);
    const inMassachusetts = await count({ state: "MA", locationSearchType: "Person" });
    const inGermany = await count({ country: "Germany", locationSearchType: "Person" });
    expect(await count({ state: "MA", country: "Germany", locationSearchType: "Person" })).toBe(inMassachusetts + inGermany);
  });

  test("sorts by the fields that the API names, descending unless told otherwise", async () => {
    const names = async (body: object) =>
      ((await post("/search/contact", { country: "Singapore", ...body })).body.data as { lastName: string }[]).map(
        ({ lastName }) => lastName,
      );
    const falling = await names({ sortBy: "lastName" });
    expect(falling).toEqual(falling.toSorted().toReversed());
    const rising = await names({ sortBy: "lastName", sortOrder: "asc" });
    expect(rising).toEqual(rising.toSorted());
  });

  test("knows the documents' example by name, employer and office only", async () => {
    const { body } = await post("/search/contact", { fullName: "Tim Cook", companyName: "Apple" });
    expect(body.data).toEqual([expect.objectContaining({ hasEmail: false, hasDirectPhone: false, jobTitle: "" })]);
  });

  test.each([
    ["malformed JSON", "{", "Request body has malformed JSON"],
    ["no criteria", { rpp: 10 }, "There is insufficient information for this request"],
    ["an unknown field", { shoeSize: 44 }, "There are invalid fields in your request"],
    ["a page that is no number", { ...mira, page: "two" }, "Page number (page) is not a number"],
    ["a page behind the last", { ...mira, page: 2 }, "Page number (page) requested is greater than the available results"],
    ["an rpp that is no number", { ...mira, rpp: 2.5 }, "Results per page (rpp) is not a number"],
    ["an rpp over 100", { ...mira, rpp: 101 }, "Results per page (rpp) is over max allowed value (100)"],
    ["more than 10,000 results", { ...mira, rpp: 100, page: 101 }, "Total record pagination is over max allowed value (1000)"],
    ["a page over 1,000", { ...mira, rpp: 1, page: 1_001 }, "Total record pagination is over max allowed value (1000)"],
    ["an unknown sortBy", { ...mira, sortBy: "shoeSize" }, "The parameter passed for sortBy is invalid"],
  ])("answers 400 to %s", async (_, request, error) => {
    const { status, body } = await post("/search/contact", request);
    expect([status, body.error, body.success, body.statusCode]).toEqual([400, error, false, 400]);
  });

  test("says so when it cannot filter by a field that the real API knows", async () => {
    const { body } = await post("/search/contact", { school: "Any" });
    expect(body).toMatchObject({ message: "The sandbox cannot filter by school", invalidInputFields: ["school"] });
  });
});

describe("contact enrich", () => {
  const outputFields = ["id", "email", "jobTitle", "companyName", "companyRevenue"];

  test("gives the requested fields only, the company's nested, and the input with lower-case keys", async () => {
    const { status, body } = await post("/enrich/contact", { matchPersonInput: [{ personId: 1300000001 }], outputFields });
    expect(status).toBe(200);
    expect(body).toEqual({
      success: true,
      data: {
        outputFields: [["id", "email", "jobtitle", "companyname", "companyrevenue"]],
        result: [
          {
            input: { personid: 1300000001 },
            data: [
              {
                id: 1300000001,
                email: "mira.ostrade@norvanta.example",
                jobTitle: "Director of Operations",
                company: { name: "Norvanta Robotics", revenue: "$86 Million" },
              },
            ],
            matchStatus: "FULL_MATCH",
          },
        ],
      },
    });
  });

  const sha256 = "ebc7ef0c2ccd0d0a6e6ba8fa3b6c4ed5f0a15ed8a3b2c1d0e9f8a7b6c5d4e3f2";
  test.each([
    ["an address", mira, "FULL_MATCH"],
    ["a full name at a company", { fullName: "Mira Ostrade", companyName: "Norvanta" }, "FULL_MATCH"],
    ["both names at a company's id", { firstName: "Mira", lastName: "Ostrade", companyId: 344600001 }, "FULL_MATCH"],
    ["a phone", { phone: "(617) 555-0142 ext. 118" }, "FULL_MATCH"],
    ["an unknown hash", { hashedEmail: sha256 }, "NO_MATCH"],
    ["an unknown address of a known company", { emailAddress: "info@norvanta.example" }, "COMPANY_ONLY_MATCH"],
    ["an unknown address", { emailAddress: "nobody@nowhere.example" }, "NO_MATCH"],
    ["a name alone", { fullName: "Mira Ostrade" }, "INVALID_INPUT"],
    ["nothing", {}, "INVALID_INPUT"],
    ["a later update", { ...mira, lastUpdatedDateAfter: "2026-01-01" }, "NON_MATCH_BY_LAST_UPDATED_DATE"],
    ["a later validity", { ...mira, validDateAfter: "2026-01-01" }, "NON_MATCH_BY_VALID_DATE"],
    ["a higher accuracy", { ...mira, contactAccuracyScoreMin: 99 }, "NON_MATCH_BY_CONTACT_ACCURACY_MIN"],
  ])("matches by %s", async (_, input, matchStatus) => {
    const { body } = await post("/enrich/contact", { matchPersonInput: [input], outputFields });
    expect(body).toMatchObject({ data: { result: [{ matchStatus }] } });
  });

  test("does not match a contact that lacks a required field", async () => {
    const request = { matchPersonInput: [mira], outputFields, requiredFields: ["suffix"] };
    expect((await post("/enrich/contact", request)).body).toMatchObject({
      data: { result: [{ matchStatus: "NON_MATCH_BY_REQUIRED_FIELDS", data: [] }] },
    });
  });

  test.each([
    ["no outputFields", { matchPersonInput: [mira] }, "Missing outputFields parameter"],
    ["no inputs", { matchPersonInput: [], outputFields }, "There is insufficient information for this request"],
    [
      "over 25 inputs",
      { matchPersonInput: Array.from({ length: 26 }, () => mira), outputFields },
      "Exceeded the max limit to enrich new Contacts or Companies",
    ],
    ["an unknown key", { matchPersonInput: [{ shoeSize: 44 }], outputFields }, "There are invalid fields in your request"],
    ["an unknown body key", { matchPersonInput: [mira], outputFields, x: 1 }, "There are invalid fields in your request"],
    [
      "an unknown required field",
      { matchPersonInput: [mira], outputFields, requiredFields: ["constructor"] },
      "There are invalid fields in your request",
    ],
  ])("answers 400 to %s", async (_, request, error) => {
    const { status, body } = await post("/enrich/contact", request);
    expect([status, body.error]).toEqual([400, error]);
  });

  test("names the output fields that do not exist", async () => {
    const { status, body } = await post("/enrich/contact", { matchPersonInput: [mira], outputFields: ["id", "zi_c_id"] });
    expect(status).toBe(400);
    expect(body).toMatchObject({ responseCode: 400, invalidOutputFields: ["zi_c_id"] });
  });
});

test("counts requests, records and people apart", async () => {
  const counted = createZoomInfoSandbox({ clock: () => start });
  const authorized = { ...headers, authorization: `Bearer ${await token()}` };
  const body = JSON.stringify({ matchPersonInput: [mira, { personId: 1300000001 }, {}], outputFields: ["id"] });
  await counted.request("/enrich/contact", { method: "POST", headers: authorized, body });
  await counted.request("/enrich/contact", { method: "POST", headers: authorized, body });
  const usage = await (await counted.request("/lookup/usage", { headers: authorized })).json();
  expect(usage).toMatchObject({ usage: [{ currentUsage: 2 }, { currentUsage: 4 }, { currentUsage: 1, usageRemaining: 99_999 }] });
});

test("makes the same world every time", async () => {
  const again = createZoomInfoSandbox({ clock: () => start });
  const search = async (server: typeof app) => {
    const authorized = { ...headers, authorization: `Bearer ${await token()}` };
    const body = JSON.stringify({ country: "Canada", rpp: 100 });
    return (await server.request("/search/contact", { method: "POST", headers: authorized, body })).text();
  };
  expect(await search(again)).toBe(await search(app));
});

test("listens on a free port, says when a port is taken, and stops", async () => {
  const clock = () => start;
  const server = await startZoomInfoSandbox({ host: "127.0.0.1", port: 0, clock });
  const port = Number(new URL(server.url).port);
  await expect(startZoomInfoSandbox({ host: "127.0.0.1", port, clock })).rejects.toMatchObject({ code: "unavailable" });
  await server.close();
});
