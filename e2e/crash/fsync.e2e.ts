import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { Agent } from "node:http";
import { join } from "node:path";
import { expect, it } from "vitest";
import { node } from "../../runtime/testing/test-engine.ts";
import { publishHookFlow } from "../fixtures.ts";
import { post, sign } from "../sender.ts";
import { makePlace, startServer } from "../server.ts";
import { checkTrace } from "./check-trace.ts";

// kill -9 cannot show a missing fsync, since the page cache outlives the process: the system calls themselves are the oracle.
const hasStrace = spawnSync("strace", ["-V"]).status === 0;
if (!hasStrace) process.stdout.write("\n  THE FSYNC ORACLE IS SKIPPED: strace was not found (Debian: apt-get install strace).\n");

const cases = [
  { connections: 1, requests: 200 },
  { connections: 64, requests: 640 },
];

it.skipIf(!hasStrace).each(cases)(
  "has the log on disk between reading each of $requests requests over $connections connections and answering 2xx",
  async ({ connections, requests }) => {
    const { answered, early } = await trace(connections, requests, "FULL");
    expect(answered).toBeGreaterThanOrEqual(requests);
    expect(early).toEqual([]);
  },
);

it.skipIf(!hasStrace)("would notice: with synchronous=NORMAL the same oracle finds answers before any fsync", async () => {
  const { answered, early } = await trace(1, 200, "NORMAL");
  expect(answered).toBeGreaterThanOrEqual(200);
  expect(early.length).toBeGreaterThan(100);
});

async function trace(connections: number, requests: number, synchronous: "FULL" | "NORMAL") {
  const place = await makePlace({ PATCHBAY_TEST_SYNCHRONOUS: synchronous });
  const server = await startServer(place);
  const foundation = await place.foundation();
  const { hook, secret } = await publishHookFlow(foundation, {
    name: "Pure",
    nodes: [node.transform("t", 1)],
    edges: ["event -> t"],
  });
  await foundation.pair.close();
  const file = join(place.dataDir, "trace.txt");
  const strace = await attach(server.pid, file);
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  let next = 0;
  const lane = async () => {
    while (next < requests) {
      next += 1;
      const { status } = await post(`${place.url}/hooks/${hook}`, sign(secret, `e_${next}`, { n: next }), agent);
      expect(status).toBe(200);
    }
  };
  await Promise.all(Array.from({ length: connections }, lane));
  agent.destroy();
  await detach(strace);
  await server.end("SIGTERM");
  const result = checkTrace(readFileSync(file, "utf8"), server.pid);
  place.remove();
  return result;
}

/** Follows the main thread alone: it reads requests, commits and answers. `-yy` names the file behind each descriptor. */
function attach(pid: number, file: string): Promise<ChildProcess> {
  const calls = "trace=read,readv,recvfrom,recvmsg,write,writev,sendto,sendmsg,fsync,fdatasync";
  const strace = spawn("strace", ["-f", "-yy", "-s", "64", "-e", calls, "-o", file, "-p", String(pid)], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  return new Promise((resolve) => strace.stderr.on("data", (chunk: Buffer) => chunk.includes("attached") && resolve(strace)));
}

function detach(strace: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    strace.once("exit", () => resolve());
    strace.kill("SIGINT");
  });
}
