import type { Flow } from "../../shared/flow/flow.ts";
import type { Json } from "../../shared/json.ts";
import { publishConnector } from "../connectors/publish-connector.ts";
import { createLoadVersion } from "../flows/load-version.ts";
import { createFlow, publishFlow } from "../flows/publish-flow.ts";
import type { Ids } from "../ids.ts";
import { createIngest } from "../ingress/ingest.ts";
import { runNow } from "../ingress/run-now.ts";
import type { Pair } from "../store/pair.ts";
import { crashConnector } from "./call-oracle.ts";
import { childProgram, randomProgram } from "./random-program.ts";

const workspace = "wsp_test";

/** Publishes programs and starts them, while nobody carries runs on. `pair`: the one that is open at the time. */
export type ProgramDesk = {
  publish(document: Flow, name?: string): Promise<string>;
  start(flow: string, body: Json): Promise<string>;
  /** Starts the random programs of these seeds; gives their runs. `quick`: such as wait for moments only. */
  startRandom(seeds: number[], options?: { quick?: boolean }): Promise<string[]>;
};

type Deps = { pair(): Pair; clock: () => number; ids: Ids };

export async function openProgramDesk({ pair, clock, ids }: Deps): Promise<ProgramDesk> {
  await publishConnector({ sql: pair().sql, ids, clock }, workspace, crashConnector);

  async function publish(document: Flow, name = "Program"): Promise<string> {
    const deps = { sql: pair().sql, ids, clock };
    const flow = await createFlow(deps, { workspace, name, description: "" });
    await publishFlow(deps, { workspace, flow, document });
    return flow;
  }

  async function start(flow: string, body: Json): Promise<string> {
    const { sql, engine } = pair();
    const [row] = await sql.read<{ version: string }>(`SELECT published_version_id AS version FROM flows WHERE id = $1`, [flow]);
    const version = await createLoadVersion(sql)(workspace, row?.version ?? "");
    return (await runNow({ ingest: createIngest({ engine, ids }), clock, ids }, { workspace, flow, version, body })).run;
  }

  return {
    publish,
    start,
    async startRandom(seeds, { quick = false } = {}) {
      const child = await publish(childProgram, "Child");
      const runs: string[] = [];
      for (const seed of seeds) {
        const document = randomProgram(seed, { children: [child], withCode: seed % 10 === 0, quick });
        runs.push(await start(await publish(document), { of: `p${seed}`, n: seed % 3 }));
      }
      return runs;
    },
  };
}
