import type { getConnector } from "../../../shared/api/connectors.ts";
import type { Response } from "../../../shared/api/route.ts";

/** A connector as its page has it: the draft, the revision a save is based on, the last tests. */
export type LoadedConnector = Response<typeof getConnector>;
