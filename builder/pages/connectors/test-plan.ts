import type { EndpointTest } from "../../../shared/api/connectors.ts";
import { type Endpoint, effectOf } from "../../../shared/connector/endpoint.ts";
import type { Json } from "../../../shared/json.ts";

/** One endpoint of "Test all endpoints". `missing`: required parameters that have no sample input. */
export type PlannedTest = {
  endpoint: Endpoint;
  inputs: Record<string, Json>;
  /** `asks`: it writes or costs, so a person has to agree first. */
  kind: "reads" | "asks" | "cannot-run";
  missing: string[];
};

/** What would be sent: reads first, then those that write or cost. Sample inputs are those of the last test, else examples. */
export function planTests(endpoints: readonly Endpoint[], tests: readonly EndpointTest[]): PlannedTest[] {
  const planned = endpoints.map((endpoint): PlannedTest => {
    const inputs = sampleInputs(
      endpoint,
      tests.find((test) => test.endpoint === endpoint.key),
    );
    const missing = endpoint.parameters
      .filter(({ key, required, default: given }) => required && given === undefined && !Object.hasOwn(inputs, key))
      .map(({ name }) => name);
    const asks = effectOf(endpoint) !== "read" || endpoint.billed === true;
    return { endpoint, inputs, missing, kind: missing.length > 0 ? "cannot-run" : asks ? "asks" : "reads" };
  });
  const order = ["reads", "asks", "cannot-run"];
  return planned.toSorted((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
}

/** Those of the last test; for an endpoint that was never tested, the examples of its required parameters. */
export function sampleInputs(endpoint: Endpoint, last: EndpointTest | undefined): Record<string, Json> {
  const known = new Set(endpoint.parameters.map(({ key }) => key));
  if (last) return Object.fromEntries(Object.entries(last.inputs).filter(([key]) => known.has(key)));
  return Object.fromEntries(
    endpoint.parameters.flatMap(({ key, required, example }) => (required && example !== undefined ? [[key, example]] : [])),
  );
}
