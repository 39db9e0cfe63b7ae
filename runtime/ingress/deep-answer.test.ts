import { expect, it } from "vitest";
import { AppError } from "../../shared/app-error.ts";
import type { Json } from "../../shared/json.ts";
import { openTestDatabase } from "../testing/open-test-database.ts";
import { waitForAnswer } from "./wait-for-answer.ts";

it("gives an answer however deep its body nests, and reads no other entry for it", async () => {
  const { pair, clock, close } = await openTestDatabase();
  const { engine, queue, bus } = pair;
  const event = { id: "evt_1", workspace: "wsp_1", source: "webhook", hook: null, flow: "flw_1" } as const;
  const request = { receivedAt: clock(), method: "POST", headers: "{}", query: "{}", contentType: null };
  const trigger = { id: "run_1", flowVersion: "ver_1", trigger: "event" };
  await engine.ingest({ ...event, ...request, body: Buffer.from("{}"), dedupe: null }, [trigger]);
  const [claimed] = (await engine.begin(await queue.claim(1), "wrk_1")) ?? [];
  const output = { status: 200, headers: {}, body: nested(4_000) };
  const entry = { number: 1, at: clock(), kind: "run-answered", node: "answer", status: 200, values: ["output"] } as const;
  const ref = { run: "run_1", epoch: claimed?.epoch ?? 0 };
  const records = [{ entry: { ...entry, values: [...entry.values] }, values: { output } }];
  expect(await engine.write({ ref, records, release: { to: "running" }, consumed: [] })).toEqual({ outcome: "written" });

  const frugal = { ...engine, journal: () => Promise.reject(new AppError("internal", "the whole journal was read")) };
  const waiter = waitForAnswer({ engine: frugal, bus, setTimer: () => () => {} }, "run_1", 1_000);
  waiter.look();
  const answered = await waiter.answer;
  expect(answered.outcome).toBe("answered");
  // As text: comparing the values would recurse as well.
  expect(answered.outcome === "answered" && JSON.stringify(answered.answer) === JSON.stringify(output)).toBe(true);
  await close();
});

function nested(levels: number): Json {
  let value: Json = [];
  for (let level = 1; level < levels; level += 1) value = [value];
  return value;
}
