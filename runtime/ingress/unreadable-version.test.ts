import { expect, it } from "vitest";
import { deliver } from "../testing/test-client.ts";
import { node, testConnector } from "../testing/test-engine.ts";
import { startTestServer } from "../testing/test-server.ts";

it("keeps the sender coming when the flow's version cannot be loaded, and tells it nothing of why", async () => {
  const server = await startTestServer();
  const { workspace } = await server.addPerson();
  const hook = await server.publish({
    workspace,
    connector: testConnector,
    nodes: [node.call("call", "read")],
    edges: ["event -> call"],
  });
  await server.pair.sql.commit([{ text: "DELETE FROM connector_versions", params: [] }]);
  const answer = await deliver(server, hook, { id: "1" });
  expect(answer).toMatchObject({ status: 503, text: '{"error":{"code":"unavailable"}}' });
  expect(answer.headers).toMatchObject({ "retry-after": "2", "x-request-id": expect.stringMatching(/^req_/) });
  expect(server.faults).toMatchObject([{ code: "not_found" }]);
  await server.close();
});
