import { type OutputUnit, type Schema, Validator } from "@cfworker/json-schema";
import type { AssertionResult } from "../../shared/api/connectors.ts";
import type { Assertion, Endpoint } from "../../shared/connector/endpoint.ts";
import { parsePath, readPath } from "../../shared/flow/expression.ts";
import type { Json } from "../../shared/json.ts";

/** Checks an answer against the endpoint's assertions, in their order. */
export function checkAssertions(endpoint: Endpoint, answer: { status: number; body: Json }): AssertionResult[] {
  return (endpoint.test?.assertions ?? []).map((assertion) => checkOne(assertion, endpoint, answer));
}

function checkOne(assertion: Assertion, endpoint: Endpoint, { status, body }: { status: number; body: Json }): AssertionResult {
  switch (assertion.kind) {
    case "status":
      return {
        passed: status === assertion.equals,
        message: `the status is ${assertion.equals}${status === assertion.equals ? "" : `: it is ${status}`}`,
      };
    case "value":
      return checkValue(assertion, body);
    case "schema":
      return checkSchema(endpoint.responseSchema, body);
  }
}

function checkValue({ path, equals }: Extract<Assertion, { kind: "value" }>, body: Json): AssertionResult {
  const parsed = parsePath(path.replace(/^\$\.?/, ""));
  if (!parsed) return { passed: false, message: `"${path}" is not a path` };
  const found = readPath(body, parsed) as Json | undefined;
  if (equals === undefined) return { passed: found !== undefined, message: `there is a value at ${path}` };
  const passed = JSON.stringify(found) === JSON.stringify(equals);
  const was = passed ? "" : `: it is ${found === undefined ? "absent" : JSON.stringify(found).slice(0, 200)}`;
  return { passed, message: `${path} is ${JSON.stringify(equals).slice(0, 200)}${was}` };
}

function checkSchema(schema: Json | undefined, body: Json): AssertionResult {
  const message = "the body fits the response schema";
  if (typeof schema !== "object" || schema === null || Array.isArray(schema))
    return { passed: false, message: `${message}: there is none` };
  const { valid, errors } = new Validator(withoutPatterns(schema) as Schema, "2020-12", false).validate(body);
  return { passed: valid, message: valid ? message : `${message}: ${describe(errors)}` };
}

/** A stranger's regular expression may take for ever, and would stop the whole server meanwhile. */
function withoutPatterns(schema: Json): Json {
  if (Array.isArray(schema)) return schema.map(withoutPatterns);
  if (typeof schema !== "object" || schema === null) return schema;
  return Object.fromEntries(
    Object.entries(schema).flatMap(([key, inner]) =>
      (key === "pattern" && typeof inner === "string") || key === "patternProperties" ? [] : [[key, withoutPatterns(inner)]],
    ),
  );
}

/** The deepest fault says the most. */
function describe(errors: OutputUnit[]): string {
  const deepest = errors.toSorted((one, other) => other.instanceLocation.length - one.instanceLocation.length)[0];
  return deepest ? `${deepest.instanceLocation}: ${deepest.error}`.slice(0, 300) : "it does not";
}
