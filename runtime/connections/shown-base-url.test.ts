import { afterAll, beforeAll, expect, test } from "vitest";
import { createConnection, listConnections } from "../../shared/api/connections.ts";
import { createConnector } from "../../shared/api/connectors.ts";
import { ErrorBody } from "../../shared/api/errors.ts";
import { ask } from "../testing/test-client.ts";
import { startTestServer, type TestPerson, type TestServer } from "../testing/test-server.ts";

let server: TestServer;
let person: TestPerson;
beforeAll(async () => {
  server = await startTestServer();
  person = await server.addPerson("Ada");
});
afterAll(() => server.close());

const send = (method: string, path: string, body?: unknown) =>
  ask(`${server.url}/api/v1${path}`, {
    method,
    headers: { Cookie: person.cookie, "X-Patchbay-Request": "1" },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });

test("credentials entered for one base URL are not kept for another that was set meanwhile", async () => {
  const [before, after] = ["https://before.example", "https://after.example"];
  const auth = { kind: "bearer" };
  const made = await send("POST", "/connectors", { name: "Moved", baseUrl: before, auth });
  const { connector } = createConnector.response.parse(made.json);
  const connect = (shownBaseUrl?: string) =>
    send("POST", "/connections", { connector, name: "Mine", credentials: { token: "t" }, shownBaseUrl });
  const move = (baseUrl: string, base: number) =>
    send("PATCH", `/connectors/${connector}`, { base, edit: { edit: "base", baseUrl, auth } });

  await move(after, 1);
  const late = await connect(before);
  expect(late.status).toBe(409);
  expect(ErrorBody.parse(late.json).error).toMatchObject({ code: "conflict", details: { baseUrl: after } });
  const listed = async () => listConnections.response.parse((await send("GET", "/connections")).json).connections;
  expect(await listed()).toEqual([]);

  const { connection } = createConnection.response.parse((await connect(after)).json);
  await move(before, 2);
  const change = (shownBaseUrl: string) =>
    send("PATCH", `/connections/${connection}`, { name: "Renamed", credentials: { token: "u" }, shownBaseUrl });
  expect((await change(after)).status).toBe(409);
  expect(await listed()).toMatchObject([{ name: "Mine" }]);
  expect((await change(before)).status).toBe(200);
  expect(await listed()).toMatchObject([{ name: "Renamed" }]);
  expect((await connect()).status).toBe(200);
});
