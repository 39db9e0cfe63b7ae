import { expect, it } from "vitest";
import { closestName } from "./closest-name.ts";

it.each([
  ["emial", ["name", "email", "mail"], "email"],
  ["EmailAddress", ["email", "email_address"], "email_address"],
  ["companyName", ["companyname", "company"], "companyname"],
  ["id", ["ids", "it", "name"], "ids"],
  ["total", ["price", "sku"], null],
  ["x", [], null],
])("for %j among %j takes %j", (typed, names, expected) => {
  expect(closestName(typed, names)).toBe(expected);
});
