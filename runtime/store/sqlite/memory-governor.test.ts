import { describeGovernor } from "../../testing/governor-contract.ts";
import { createTestClock } from "../../testing/test-database.ts";
import { createMemoryGovernor } from "./memory-governor.ts";

describeGovernor("embedded", async () => {
  const clock = createTestClock();
  return { governor: createMemoryGovernor(clock), clock, close: async () => {} };
});
