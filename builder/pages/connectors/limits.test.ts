import { expect, test } from "vitest";
import * as contract from "../../../shared/connector/connector.ts";
import { maxDescription, maxEndpoints } from "./limits.ts";

test("the limits are those of the contract", () => {
  expect(maxEndpoints).toBe(contract.maxEndpoints);
  const description = contract.Connector.shape.description;
  expect(description.safeParse("x".repeat(maxDescription)).success).toBe(true);
  expect(description.safeParse("x".repeat(maxDescription + 1)).success).toBe(false);
});
