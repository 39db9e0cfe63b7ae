import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createZoomInfoSandbox } from "./server.ts";
import { sandboxCredentials } from "./session.ts";

const day = 86_400_000;
const start = Date.UTC(2026, 1, 15, 11, 56, 11);
const mira = 1300000001;

type Delivery = { token: string | undefined; body: { webhookDetails: object; data: Record<string, unknown>[] } };

let now: number;
let app: ReturnType<typeof createZoomInfoSandbox>;
let target: Server;
let targetUrl: string;
let received: Delivery[];
let answer: number;

beforeEach(async () => {
  now = start;
  answer = 200;
  received = [];
  app = createZoomInfoSandbox({ clock: () => now });
  target = createServer(async (request, response) => {
    const body = (await json(request)) as Delivery["body"];
    received.push({ token: request.headers["x-zoominfo-token"]?.toString(), body });
    response.writeHead(answer).end();
  });
  target.listen(0, "127.0.0.1");
  await once(target, "listening");
  // A listening TCP server has an address object.
  targetUrl = `http://127.0.0.1:${(target.address() as AddressInfo).port}/hooks/x`;
});
afterEach(() => {
  target.close();
});

async function call(method: string, path: string, body?: object): Promise<{ status: number; body: Record<string, unknown> }> {
  const headers = { "user-agent": "test", "content-type": "application/json" };
  const login = await app.request("/authenticate", { method: "POST", headers, body: JSON.stringify(sandboxCredentials) });
  const { jwt } = (await login.json()) as { jwt: string };
  const authorized = { ...headers, authorization: `Bearer ${jwt}` };
  const response = await app.request(path, { method, headers: authorized, ...(body && { body: JSON.stringify(body) }) });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const contacts = { eventType: "Update", objectType: "Contact", fullPayload: true };
const companies = { eventType: "Update", objectType: "Company", fullPayload: false };

async function create(change: object = {}) {
  const { status, body } = await call("POST", "/webhooks", {
    title: "Mine",
    enabled: true,
    targetUrl,
    subscriptions: [contacts],
    ...change,
  });
  expect(status).toBe(200);
  return body as unknown as { id: string; verificationToken: string; subscriptions: { subscriptionId: string }[] };
}

function enrich(...ids: number[]) {
  return call("POST", "/enrich/contact", { matchPersonInput: ids.map((personId) => ({ personId })), outputFields: ["id"] });
}

function promote(title: string) {
  return call("POST", "/sandbox/changes", { personId: mira, attributes: { jobTitle: title } });
}

describe("registrations", () => {
  test("are created with a token of 64 bytes, and shown without it", async () => {
    const made = await create({ enabled: false, subscriptions: [contacts, companies] });
    const subscription = (wanted: object) => ({
      createdDate: "02-15-2026T11:56:11.000Z",
      modifiedDate: "02-15-2026T11:56:11.000Z",
      ...wanted,
      subscriptionId: expect.stringMatching(/^\d{9}$/),
    });
    const shown = {
      id: expect.stringMatching(/^\d{9}$/),
      title: "Mine",
      enabled: false,
      targetUrl,
      createdDate: "02-15-2026T11:56:11.000Z",
      subscriptions: [subscription(contacts), subscription(companies)],
    };
    expect(made).toEqual({ ...shown, verificationToken: expect.any(String) });
    expect(Buffer.from(made.verificationToken, "base64")).toHaveLength(64);
    expect((await call("GET", `/webhooks/${made.id}`)).body).toEqual({ ...shown, id: made.id });
    expect((await call("GET", "/webhooks")).body).toEqual({ webhooks: [{ ...shown, id: made.id }] });
    expect((await call("GET", "/webhooks/subscriptiontypes")).body).toEqual({
      objectTypes: ["Contact", "Company"],
      eventTypes: ["Update"],
    });
  });

  test("are merged by PUT: changed by id, added without, deleted by id alone, all of it or nothing", async () => {
    const { id, subscriptions } = await create({ subscriptions: [contacts] });
    const subscriptionId = subscriptions[0]?.subscriptionId;
    now += 1_000;
    const put = (body: object) => call("PUT", `/webhooks/${id}`, body);
    const added = await put({ title: "Other", subscriptions: [{ subscriptionId, fullPayload: false }, companies] });
    expect(added.body).toMatchObject({ title: "Other", enabled: true });
    expect(added.body.subscriptions).toEqual([
      expect.objectContaining({
        subscriptionId,
        fullPayload: false,
        createdDate: expect.stringContaining(":11."),
        modifiedDate: expect.stringContaining(":12."),
      }),
      expect.objectContaining(companies),
    ]);
    expect(added.body).not.toHaveProperty("verificationToken");
    expect(await put({ subscriptions: [{ subscriptionId }, { ...companies, eventType: "Delete" }] })).toMatchObject({
      status: 400,
    });
    expect((await put({ enabled: false, subscriptions: [{ subscriptionId }] })).body).toMatchObject({
      enabled: false,
      subscriptions: [companies],
    });
  });

  test("are deleted once, and are nobody else's", async () => {
    const { id } = await create();
    const deleted = await call("DELETE", `/webhooks/${id}`);
    expect(deleted.body).toEqual({
      id,
      targetUrl,
      createdDate: expect.any(String),
      status: "deleted",
      subscriptions: [expect.objectContaining(contacts)],
    });
    expect((await call("DELETE", `/webhooks/${id}`)).status).toBe(404);
    expect((await call("GET", "/webhooks")).body).toEqual({ webhooks: [] });
  });

  test.each([
    ["title", { title: "" }],
    ["enabled", { enabled: "yes" }],
    ["targetUrl", { targetUrl: "http://patchbay.example/hooks/x" }],
    ["targetUrl", { targetUrl: "ftp://127.0.0.1/x" }],
    ["subscriptions", { subscriptions: [] }],
    ["eventType", { subscriptions: [{ ...contacts, eventType: "Delete" }] }],
    ["objectType", { subscriptions: [{ ...contacts, objectType: "Scoop" }] }],
    ["objectType", { subscriptions: [contacts, contacts] }],
    ["fullPayload", { subscriptions: [{ ...contacts, fullPayload: "true" }] }],
    ["colour", { colour: "red" }],
  ])("are refused for a wrong %s", async (field, change) => {
    const { status, body } = await call("POST", "/webhooks", {
      ...{ title: "Mine", enabled: true, targetUrl, subscriptions: [contacts] },
      ...change,
    });
    expect(status).toBe(400);
    expect(body).toMatchObject({ success: false, responseCode: 400, invalidInputFields: [field] });
  });

  test("are validated by a call of the target", async () => {
    const body = { targetUrl, objectType: "Contact", fullPayload: true };
    answer = 401;
    const validated = await call("POST", "/webhooks/validate", body);
    expect(validated.body).toEqual({ message: "Created", success: true, responseCode: 201 });
    expect(received).toEqual([{ token: undefined, body: expect.objectContaining({ data: [] }) }]);
    expect((await call("POST", "/webhooks/validate", { ...body, targetUrl: "http://127.0.0.1:1/x" })).status).toBe(400);
  });
});

describe("deliveries", () => {
  test("bring the whole profile of an enriched contact with what changed, and the token of now", async () => {
    const { id, verificationToken } = await create();
    await enrich(mira);
    const { body } = await promote("Chief Operations Officer");
    expect(body).toMatchObject({ changed: [mira], deliveries: [{ webhookId: id, targetUrl, profiles: 1, status: 200 }] });
    expect(received).toEqual([
      {
        token: verificationToken,
        body: {
          webhookDetails: { id, title: "Mine", objectType: "Contact", eventType: "Update" },
          data: [
            expect.objectContaining({
              id: mira,
              email: "mira.ostrade@norvanta.example",
              jobTitle: "Chief Operations Officer",
              lastUpdatedDate: "2/15/2026 11:56 AM",
              company: expect.objectContaining({ name: "Norvanta Robotics" }),
              changedAttributes: ["jobTitle", "validDate", "lastUpdatedDate"],
            }),
          ],
        },
      },
    ]);
    const renewed = (await call("POST", `/webhooks/${id}/token`)).body as unknown as { verificationToken: string };
    expect(renewed.verificationToken).not.toBe(verificationToken);
    await promote("Director of Operations");
    expect(received[1]?.token).toBe(renewed.verificationToken);
  });

  test("bring only what changed and who it is without the full payload", async () => {
    await create({ subscriptions: [{ ...contacts, fullPayload: false }] });
    await enrich(mira);
    await call("POST", "/sandbox/changes", { personId: mira, attributes: { email: "m.ostrade@norvanta.example" } });
    expect(Object.keys(received[0]?.body.data[0] ?? {}).toSorted()).toEqual(
      ["id", "firstName", "lastName", "email", "hashedEmails", "validDate", "lastUpdatedDate", "changedAttributes"].toSorted(),
    );
    const found = await call("POST", "/search/contact", { emailAddress: "m.ostrade@norvanta.example" });
    expect(found.body).toMatchObject({ maxResults: 1 });
  });

  test.each([
    ["nobody enriched the contact", {}, false],
    ["the webhook is not enabled", { enabled: false }, true],
    ["only companies are subscribed to", { subscriptions: [companies] }, true],
  ])("are none when %s", async (_, change, enriched) => {
    await create(change);
    if (enriched) await enrich(mira);
    expect((await promote("Chief Operations Officer")).body).toEqual({ changed: [mira], deliveries: [] });
    expect(received).toEqual([]);
  });

  test("are tried once, and leave this machine for nobody", async () => {
    await create({ targetUrl: "https://patchbay.example/hooks/x" });
    await create();
    await enrich(mira);
    answer = 503;
    const { body } = await promote("Chief Operations Officer");
    expect(body.deliveries).toEqual([
      expect.objectContaining({ status: null, reason: expect.stringContaining("on this machine") }),
      expect.objectContaining({ status: 503 }),
    ]);
    expect(received).toHaveLength(1);
  });

  test("hold at most 25 profiles", async () => {
    await create();
    const { body } = await call("POST", "/search/contact", { country: "United States", rpp: 60 });
    const ids = (body.data as { id: number }[]).map(({ id }) => id);
    for (let from = 0; from < ids.length; from += 25) await enrich(...ids.slice(from, from + 25));
    const changed = await call("POST", "/sandbox/changes", { count: 51 });
    expect(changed.body.changed).toHaveLength(51);
    expect(received.map(({ body: { data } }) => data.length)).toEqual([25, 25, 1]);
  });

  test("end on day 366 until the record is enriched again, for a credit; they never charge one themselves (E24, E25)", async () => {
    const credits = async () => {
      const { usage } = (await call("GET", "/lookup/usage")).body as unknown as { usage: { currentUsage: number }[] };
      return usage.slice(1).map(({ currentUsage }) => currentUsage);
    };
    await create();
    await enrich(mira);
    now = start + 200 * day;
    // Free, and it does not lengthen the year.
    await enrich(mira);
    expect(await credits()).toEqual([2, 1]);
    now = start + 365 * day - 1;
    await promote("Chief Operations Officer");
    expect(received).toHaveLength(1);
    now = start + 365 * day;
    await promote("Director of Operations");
    expect(received).toHaveLength(1);
    expect(await credits()).toEqual([2, 1]);
    await enrich(mira);
    await promote("Vice President, Operations");
    expect(received).toHaveLength(2);
    expect(await credits()).toEqual([3, 2]);
  });
});

test.each([
  ["an unknown contact", { personId: 1, attributes: {} }, "personId"],
  ["an attribute that no contact has", { personId: mira, attributes: { constructor: "x" } }, "constructor"],
  ["attributes that are no object", { personId: mira, attributes: "x" }, "attributes"],
  ["a count that is none", { count: 0 }, "count"],
  ["an unknown field", { everything: true }, "everything"],
])("no change is made for %s", async (_, body, field) => {
  expect(await call("POST", "/sandbox/changes", body)).toMatchObject({ status: 400, body: { invalidInputFields: [field] } });
});

test("pages of other sites cause no change", async () => {
  const headers = { "user-agent": "a browser", "content-type": "text/plain" };
  const response = await app.request("/sandbox/changes", { method: "POST", headers, body: '{"count":1}' });
  expect(response.status).toBe(400);
});
