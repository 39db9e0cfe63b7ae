import { expect, it } from "vitest";
import { deliver } from "../testing/test-client.ts";
import { startTestServer } from "../testing/test-server.ts";

it("stores a delivery's query without its credentials", async () => {
  const server = await startTestServer();
  const { workspace } = await server.addPerson();
  const hook = await server.publish({ workspace, nodes: [], edges: [] });
  await deliver(server, hook, { id: "1", query: "?token=s3cret&tag=a&tag=b%20c&odd=%E0%A4%A" });
  const [event] = await server.pair.sql.read<{ query: string }>("SELECT query FROM events");
  expect(JSON.parse(event?.query ?? "")).toEqual({ token: "***", tag: "a, b c", odd: "%E0%A4%A" });
  await server.close();
});
