import type { EndpointTest } from "../../../shared/api/connectors.ts";
import { type Endpoint, effectOf } from "../../../shared/connector/endpoint.ts";
import { orderTests, testsNeeded } from "../../../shared/connector/test-inputs.ts";
import type { Json } from "../../../shared/json.ts";

/** One endpoint of "Test all endpoints". */
export type PlannedTest = {
  key: string;
  endpoint: Endpoint;
  inputs: Record<string, Json>;
  /** `asks`: it writes or costs, so a person has to agree first. */
  kind: "reads" | "asks" | "cannot-run";
  /** Keys of the endpoints whose answers its inputs take values of. */
  needs: string[];
  /** Why it cannot run, in words; null when it can. */
  reason: string | null;
};

/**
 * What would be sent, in the order in which it is shown: each after those whose answers it takes values of, else reads before what
 * writes or costs; what cannot run comes last.
 */
export function planTests(endpoints: readonly Endpoint[], tests: readonly EndpointTest[]): PlannedTest[] {
  const last = new Map(tests.map((test) => [test.endpoint, test]));
  const planned = endpoints.map((endpoint): PlannedTest => {
    const inputs = sampleInputs(endpoint, last.get(endpoint.key));
    const asks = effectOf(endpoint) !== "read" || endpoint.billed === true;
    const missing = missingInputs(endpoint, inputs);
    const reason = missing.length > 0 ? `needs sample inputs: ${missing.join(", ")}` : null;
    return { key: endpoint.key, endpoint, inputs, kind: asks ? "asks" : "reads", needs: testsNeeded(inputs), reason };
  });
  const byKey = new Map(planned.map((test) => [test.key, test]));
  // What another one waits for may be found impossible after it, so they are looked at until nothing changes.
  for (let changed = true; changed; ) {
    changed = false;
    for (const test of planned) {
      if (test.reason !== null) continue;
      test.reason = waitReason(test, byKey, last);
      changed ||= test.reason !== null;
    }
  }
  const [reads, asks] = [planned.filter(({ kind }) => kind === "reads"), planned.filter(({ kind }) => kind === "asks")];
  const ordered = orderTests([...reads, ...asks]);
  return [
    ...ordered.filter(({ reason }) => reason === null),
    ...ordered.filter(({ reason }) => reason !== null).map((test): PlannedTest => ({ ...test, kind: "cannot-run" })),
  ];
}

function missingInputs({ parameters }: Endpoint, inputs: Record<string, Json>): string[] {
  return parameters
    .filter(({ key, required, default: given }) => required && given === undefined && !Object.hasOwn(inputs, key))
    .map(({ name }) => name);
}

/** Why those whose answers a test takes values of cannot give them; an answer of an earlier day will do. */
function waitReason(
  test: PlannedTest,
  byKey: ReadonlyMap<string, PlannedTest>,
  last: ReadonlyMap<string, EndpointTest>,
): string | null {
  if (waitsForItself(test, byKey)) return "takes a value of its own test";
  for (const key of test.needs) {
    const needed = byKey.get(key);
    if (!needed) return `takes a value of “${key}”, which is no endpoint`;
    if (needed.reason !== null && !last.get(key)?.passed) return `takes a value of “${needed.endpoint.name}”, which cannot run`;
  }
  return null;
}

function waitsForItself({ key, needs }: PlannedTest, byKey: ReadonlyMap<string, PlannedTest>): boolean {
  const seen = new Set<string>();
  const open = [...needs];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next === key) return true;
    if (seen.has(next)) continue;
    seen.add(next);
    open.push(...(byKey.get(next)?.needs ?? []));
  }
  return false;
}

/** Those of the last test, else those that were saved as its sample, else the examples of its required parameters. */
export function sampleInputs(endpoint: Endpoint, last: EndpointTest | undefined): Record<string, Json> {
  const known = new Set(endpoint.parameters.map(({ key }) => key));
  const own = (inputs: Record<string, Json>) => Object.fromEntries(Object.entries(inputs).filter(([key]) => known.has(key)));
  // A test that failed for want of inputs has none to begin with.
  if (last && (last.passed || Object.keys(last.inputs).length > 0)) return own(last.inputs);
  if (endpoint.test && Object.keys(endpoint.test.inputs).length > 0) return own(endpoint.test.inputs);
  return Object.fromEntries(
    endpoint.parameters.flatMap(({ key, required, example }) => (required && example !== undefined ? [[key, example]] : [])),
  );
}
