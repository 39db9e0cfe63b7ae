import { startPostgres } from "../../runtime/cli/embedded-postgres.ts";
import { node } from "../../runtime/testing/test-engine.ts";
import { publishHookFlow } from "../fixtures.ts";
import { makePlace, type Place } from "../server.ts";
import { startPinnedPostgres } from "./processes.ts";

/** What an operator would give a Postgres of this load: the defaults are for the smallest machines. */
const settings = { shared_buffers: "1GB", max_wal_size: "4GB" };

export type PairName = "embedded" | "postgres";

type PlaceOptions = {
  env?: NodeJS.ProcessEnv;
  /** Is the database on the server's core, as the server is? Else it runs wherever there is room. */
  pinned: boolean;
};

/** A place for processes of the product on an empty database of this pair, which is gone afterwards. */
export async function withPlace<T>(
  pair: PairName,
  { env = {}, pinned }: PlaceOptions,
  use: (place: Place) => Promise<T>,
): Promise<T> {
  const postgres = pair === "embedded" ? null : await (pinned ? startPinnedPostgres() : startPostgres({ settings }));
  const place = await makePlace({ ...(postgres && { DATABASE_URL: postgres.url }), ...env });
  try {
    return await use(place);
  } finally {
    await postgres?.stop();
    place.remove();
  }
}

/** Publishes a flow beside the server; gives what a sender must know. */
export async function hookOf(
  place: Place,
  flow: Parameters<typeof publishHookFlow>[1],
): Promise<{ url: string; secret: string }> {
  const foundation = await place.foundation();
  const { hook, secret } = await publishHookFlow(foundation, flow);
  await foundation.pair.close();
  return { url: `${place.url}/hooks/${hook}`, secret };
}

/** Three steps that touch nothing outside. */
export const pureFlow = {
  name: "Pure",
  nodes: [
    node.transform("pick", { email: "{{trigger.body.email}}", n: "{{trigger.body.n}}" }),
    node.branch("check", "{{steps.pick.output.n}}", 7),
    node.transform("shape", { to: "{{steps.pick.output.email}}", all: "{{trigger.body.list}}" }),
  ],
  edges: ["event -> pick", "pick -> check", "check:true -> shape"],
};
