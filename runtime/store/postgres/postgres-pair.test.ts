import { describePair } from "../../testing/pair-contract.ts";
import { openTestPostgres } from "../../testing/test-postgres.ts";

describePair("distributed", () => openTestPostgres());
