import { expect, it } from "vitest";
import type { Endpoint } from "../../../shared/connector/endpoint.ts";
import type { PlannedTest } from "./test-plan.ts";
import { runTests } from "./test-run.ts";

const planned = (
  key: string,
  kind: "reads" | "asks" = "reads",
  needs: string[] = [],
  method: Endpoint["method"] = "GET",
): PlannedTest => ({
  key,
  endpoint: { key, name: key, method, path: "/", parameters: [] },
  inputs: {},
  kind,
  needs,
  reason: null,
});

/** Runs them; each takes a few turns. `failing`: keys that fail. */
async function run(tests: PlannedTest[], more: { failing?: string[]; answered?: string[]; stopAfter?: number } = {}) {
  const { failing = [], answered = [], stopAfter = Number.POSITIVE_INFINITY } = more;
  const begun: string[] = [];
  const ended = new Map<string, string>();
  let now = 0;
  let mostAtOnce = 0;
  await runTests(tests, {
    async run({ key }) {
      begun.push(key);
      mostAtOnce = Math.max(mostAtOnce, ++now);
      for (let turn = 0; turn < 5; turn++) await Promise.resolve();
      now--;
      return { passed: !failing.includes(key), words: "" };
    },
    onProgress: (key, { state, words }) => state !== "running" && ended.set(key, words === "" ? state : words),
    isStopped: () => begun.length >= stopAfter,
    answered: new Set(answered),
  });
  return { begun, ended: Object.fromEntries(ended), mostAtOnce };
}

it("runs reads side by side, at most ten at once", async () => {
  const { begun, mostAtOnce } = await run(Array.from({ length: 25 }, (_, index) => planned(`read${index}`)));
  expect(begun).toHaveLength(25);
  expect(mostAtOnce).toBe(10);
});

it("runs what writes one by one, when no read is left that could run", async () => {
  const { begun, mostAtOnce } = await run([planned("write", "asks"), planned("other", "asks"), planned("read")]);
  expect(begun).toEqual(["read", "write", "other"]);
  expect(mostAtOnce).toBe(1);
});

it("creates, reads and deletes in that order, however they are listed", async () => {
  const { begun } = await run([
    planned("remove", "asks", ["create"], "DELETE"),
    planned("change", "asks", ["create"], "PUT"),
    planned("get", "reads", ["create"]),
    planned("create", "asks", [], "POST"),
  ]);
  expect(begun).toEqual(["create", "get", "change", "remove"]);
});

it("does not run what needs the answer of one that failed, and so on", async () => {
  const tests = [planned("create", "asks"), planned("get", "reads", ["create"]), planned("part", "reads", ["get"])];
  const { begun, ended } = await run(tests, { failing: ["create"], answered: ["create"] });
  expect(begun).toEqual(["create"]);
  expect(ended).toEqual({
    create: "failed",
    get: "not run: “create” has not passed",
    part: "not run: “get” has not passed",
  });
});

it("takes an answer from before for one that is not run, and says when there is none", async () => {
  expect((await run([planned("get", "reads", ["create"])], { answered: ["create"] })).ended).toEqual({ get: "succeeded" });
  expect((await run([planned("get", "reads", ["create"])])).ended).toEqual({ get: "not run: it needs an answer of “create”" });
});

it("stops with what is under way, and ends when those that are left wait for each other", async () => {
  expect((await run([planned("a", "asks"), planned("b", "asks")], { stopAfter: 1 })).begun).toEqual(["a"]);
  expect((await run([planned("a", "reads", ["b"]), planned("b", "reads", ["a"])])).begun).toEqual([]);
});
