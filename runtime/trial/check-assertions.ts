import { isDeepStrictEqual } from "node:util";
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
  const passed = isDeepStrictEqual(found, equals);
  const was = passed ? "" : `: it is ${found === undefined ? "absent" : JSON.stringify(found).slice(0, 200)}`;
  return { passed, message: `${path} is ${JSON.stringify(equals).slice(0, 200)}${was}` };
}

/** Where a value does not fit a JSON Schema, in words; none when it fits. */
export function schemaProblems(schema: Json, value: Json): string[] {
  const result = validated(schema, value);
  if (result === null) return ["the schema itself cannot be read"];
  return result.valid ? [] : [describe(result.errors)];
}

function checkSchema(schema: Json | undefined, body: Json): AssertionResult {
  const message = "the body fits the response schema";
  if (typeof schema !== "object" || schema === null || Array.isArray(schema))
    return { passed: false, message: `${message}: there is none` };
  const result = validated(schema, body);
  if (result === null) return { passed: false, message: `${message}: the schema itself cannot be read` };
  const { valid, errors } = result;
  return { passed: valid, message: valid ? message : `${message}: ${describe(errors)}` };
}

/** Null for what is no JSON Schema, or one that never ends. */
function validated(schema: Json, body: Json): { valid: boolean; errors: OutputUnit[] } | null {
  try {
    return new Validator(withoutCostly(schema) as Schema, "2020-12", false).validate(body);
  } catch {
    return null;
  }
}

/** Their keys are names that people chose, not words of JSON Schema. */
const namedSchemas = new Set(["properties", "$defs", "definitions", "dependentSchemas"]);
const values = new Set(["const", "enum", "default", "example", "examples"]);
/** Regular expressions, a stranger's (`pattern`) or the validator's own (`format`), and a comparison of each item with each other. */
const costly = new Set(["pattern", "patternProperties", "format", "uniqueItems"]);
/** What these refuse, the patterns beside them may allow. */
const closing = new Set(["additionalProperties", "unevaluatedProperties"]);

/** Leaves out what may take for ever over an answer that is made for it, and would stop the whole server meanwhile. */
function withoutCostly(schema: Json): Json {
  if (Array.isArray(schema)) return schema.map(withoutCostly);
  if (typeof schema !== "object" || schema === null) return schema;
  const open = Object.hasOwn(schema, "patternProperties");
  return Object.fromEntries(
    Object.entries(schema).flatMap(([key, inner]): [string, Json][] => {
      if (costly.has(key) || (open && closing.has(key))) return [];
      if (values.has(key)) return [[key, inner]];
      return [[key, namedSchemas.has(key) ? eachWithoutCostly(inner) : withoutCostly(inner)]];
    }),
  );
}

function eachWithoutCostly(schemas: Json): Json {
  if (typeof schemas !== "object" || schemas === null || Array.isArray(schemas)) return schemas;
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, withoutCostly(schema)]));
}

/** The deepest fault says the most. */
function describe(errors: OutputUnit[]): string {
  const deepest = errors.toSorted((one, other) => other.instanceLocation.length - one.instanceLocation.length)[0];
  return deepest ? `${deepest.instanceLocation}: ${deepest.error}`.slice(0, 300) : "it does not";
}
