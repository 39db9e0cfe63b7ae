import { expect, it } from "vitest";
import { foldJournal } from "../../shared/run/run-view.ts";
import { deliver } from "../testing/test-client.ts";
import { node, testConnector } from "../testing/test-engine.ts";
import { startTestServer } from "../testing/test-server.ts";

it("fails a step for a fault of ours with a constant sentence, and gives its cause to the operator alone", async () => {
  const server = await startTestServer();
  const { workspace } = await server.addPerson();
  await server.pair.sql.commit([
    {
      text: `INSERT INTO connections (id, workspace_id, connector_id, name, target, credentials, created_at) VALUES ('con_1', $1, 'cnr_1', 'Broken', 'live', 'garbage', 0)`,
      params: [workspace],
    },
  ]);
  const hook = await server.publish({
    workspace,
    connector: testConnector,
    nodes: [node.call("call", "read", { connection: "con_1" })],
    edges: ["event -> call"],
  });
  const answer = await deliver(server, hook, { id: "1" });
  const run = String(answer.headers["x-patchbay-run"]);
  expect(await server.reaches(run)).toBe("failed");
  const entries = (await server.pair.engine.journal(run, 0, { bare: true })).map(({ entry }) => entry);
  expect(foldJournal(entries).steps.call?.error).toEqual({
    code: "internal",
    message: "an unexpected fault: the operator finds it in the log by the run's id",
  });
  expect(server.faults).toMatchObject([{ code: "vault", message: expect.stringContaining("connections.credentials of con_1") }]);
  await server.close();
});
