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
    expect(plan.map(({ endpoint: { key }, kind }) => `${key} ${kind}`)).toEqual([
      "read reads",
      "search reads",
      "write asks",
      "costs asks",
      "needs cannot-run",
    ]);
    expect(plan.at(-1)?.missing).toEqual(["Id"]);
  });

  it("takes the inputs of the last test, without parameters that are gone", () => {
    expect(sampleInputs(endpoint("one", { parameters: [id] }), tested)).toEqual({ id: "7" });
  });

  it("takes examples of required parameters where nothing was tested yet", () => {
    const parameters = [
      { ...id, example: "x" },
      { ...id, key: "other", required: false, example: "y" },
    ];
    expect(sampleInputs(endpoint("one", { parameters }), undefined)).toEqual({ id: "x" });
  });

  it("lets a default stand for a missing input", () => {
    expect(planTests([endpoint("one", { parameters: [{ ...id, default: "d" }] })], [])[0]?.kind).toBe("reads");
  });
});
