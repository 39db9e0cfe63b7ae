import { expect, test } from "vitest";
import { orderTests, resolveTestInputs, testsNeeded } from "./test-inputs.ts";

const answers = new Map([["create-issue", { status: 201, body: { id: 7, key: "A-7", tags: ["x"] } }]]);

test("takes values of earlier tests, with their type where the reference is all of it", () => {
  const inputs = {
    id: "{{tests.create-issue.body.id}}",
    url: "/issues/{{tests.create-issue.body.key}}?n={{tests.create-issue.body.id}}",
    deep: { list: ["{{tests.create-issue.body.tags[0]}}", 1] },
    status: "{{tests.create-issue.status}}",
    plain: "{{trigger.body}}",
  };
  expect(testsNeeded(inputs)).toEqual(["create-issue"]);
  expect(resolveTestInputs(inputs, answers)).toEqual({
    inputs: { id: 7, url: "/issues/A-7?n=7", deep: { list: ["x", 1] }, status: 201, plain: "{{trigger.body}}" },
  });
});

test("names what no test has given yet, by parameter", () => {
  expect(resolveTestInputs({ id: "{{tests.create-issue.body.nothing}}", other: "{{tests.gone.body}}" }, answers)).toEqual({
    missing: [
      { parameter: "id", endpoint: "create-issue", text: "{{tests.create-issue.body.nothing}}" },
      { parameter: "other", endpoint: "gone", text: "{{tests.gone.body}}" },
    ],
  });
});

test("orders tests behind those that they need, and leaves circles at the end", () => {
  const item = (key: string, ...needs: string[]) => ({
    key,
    inputs: Object.fromEntries(needs.map((need) => [need, `{{tests.${need}.body.id}}`])),
  });
  const tests = [
    item("delete", "get", "create"),
    item("get", "create"),
    item("list"),
    item("create"),
    item("a", "b"),
    item("b", "a"),
  ];
  expect(orderTests(tests).map(({ key }) => key)).toEqual(["list", "create", "get", "delete", "a", "b"]);
});
