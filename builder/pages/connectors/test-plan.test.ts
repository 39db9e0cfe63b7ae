import { describe, expect, it } from "vitest";
import type { EndpointTest } from "../../../shared/api/connectors.ts";
import type { Endpoint } from "../../../shared/connector/endpoint.ts";
import { planTests, sampleInputs } from "./test-plan.ts";

const endpoint = (key: string, more: Partial<Endpoint> = {}): Endpoint => ({
  key,
  name: key,
  method: "GET",
  path: `/${key}`,
  parameters: [],
  ...more,
});
const id = { key: "id", name: "Id", in: "query", type: "string", required: true } as const;
const tested: EndpointTest = {
  endpoint: "one",
  passed: true,
  stale: false,
  testedAt: 1,
  status: 200,
  message: "",
  inputs: { id: "7", gone: 1 },
  connection: null,
  assertions: [],
};
const taking = (key: string, from: string, more: Partial<Endpoint> = {}) =>
  endpoint(key, { parameters: [id], test: { inputs: { id: `{{tests.${from}.body.id}}` }, assertions: [] }, ...more });
const kinds = (plan: ReturnType<typeof planTests>) => plan.map(({ key, kind }) => `${key} ${kind}`);

describe("the plan of all tests", () => {
  it("has reads first, then what writes or costs, then what cannot run", () => {
    const plan = planTests(
      [
        endpoint("needs", { parameters: [id] }),
        endpoint("write", { method: "POST" }),
        endpoint("costs", { billed: true }),
        endpoint("read"),
        endpoint("search", { method: "POST", effect: "read" }),
      ],
      [],
    );
    expect(kinds(plan)).toEqual(["read reads", "search reads", "write asks", "costs asks", "needs cannot-run"]);
    expect(plan.at(-1)?.reason).toBe("needs sample inputs: Id");
  });

  it("lets a default stand for a missing input", () => {
    expect(planTests([endpoint("one", { parameters: [{ ...id, default: "d" }] })], [])[0]?.kind).toBe("reads");
  });

  it("has each after those whose answers it takes values of", () => {
    const plan = planTests(
      [taking("remove", "create", { method: "DELETE" }), taking("get", "create"), endpoint("create", { method: "POST" })],
      [],
    );
    expect(kinds(plan)).toEqual(["create asks", "get reads", "remove asks"]);
    expect(plan[1]?.needs).toEqual(["create"]);
  });

  it("says who waits for itself, for nobody, or for one that cannot run", () => {
    const plan = planTests(
      [
        taking("a", "b"),
        taking("b", "a"),
        taking("c", "nobody"),
        taking("d", "stuck"),
        endpoint("stuck", { parameters: [{ ...id, name: "Key" }] }),
      ],
      [],
    );
    expect(Object.fromEntries(plan.map(({ key, reason }) => [key, reason]))).toEqual({
      a: "takes a value of its own test",
      b: "takes a value of its own test",
      c: "takes a value of “nobody”, which is no endpoint",
      d: "takes a value of “stuck”, which cannot run",
      stuck: "needs sample inputs: Key",
    });
  });

  it("takes the answer of an earlier day for one that cannot run now", () => {
    const stuck = endpoint("stuck", { parameters: [id] });
    const before = { ...tested, endpoint: "stuck", inputs: {} };
    expect(planTests([taking("d", "stuck"), stuck], [before]).find(({ key }) => key === "d")?.kind).toBe("reads");
  });
});

describe("sample inputs", () => {
  const one = endpoint("one", { parameters: [id], test: { inputs: { id: "saved", gone: 1 }, assertions: [] } });

  it("are those of the last test, without parameters that are gone", () => {
    expect(sampleInputs(one, tested)).toEqual({ id: "7" });
  });

  it("are those that were saved, before there is a test or when it had none", () => {
    expect(sampleInputs(one, undefined)).toEqual({ id: "saved" });
    expect(sampleInputs(one, { ...tested, passed: false, inputs: {} })).toEqual({ id: "saved" });
  });

  it("are examples of required parameters where nothing else is known", () => {
    const parameters = [
      { ...id, example: "x" },
      { ...id, key: "other", required: false, example: "y" },
    ];
    expect(sampleInputs(endpoint("one", { parameters }), undefined)).toEqual({ id: "x" });
  });
});
