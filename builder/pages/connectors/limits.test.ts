import { expect, test } from "vitest";
import * as contract from "../../../shared/connector/connector.ts";
import { oauthLimits } from "../../../shared/connector/oauth2.ts";
import { maxDescription, maxEndpoints, maxScopes } from "./limits.ts";

test("the limits are those of the contract", () => {
  expect(maxEndpoints).toBe(contract.maxEndpoints);
  expect(maxScopes).toBe(oauthLimits.scopes);
  const description = contract.Connector.shape.description;
  expect(description.safeParse("x".repeat(maxDescription)).success).toBe(true);
  expect(description.safeParse("x".repeat(maxDescription + 1)).success).toBe(false);
});
