import { parseArgs } from "node:util";
import { AppError } from "../../shared/app-error.ts";
import { canvas } from "./canvas.ts";
import { flowHttp, ingest, ingestFinish, ingestOnBoth, start } from "./cases.ts";
import { code } from "./code.ts";
import { dedupe } from "./dedupe.ts";
import { dropdown } from "./dropdown.ts";
import { endpointTests } from "./endpoint-tests.ts";
import { forEach, restart, steps, waiting } from "./engine.ts";
import type { Figure } from "./figure.ts";
import { flood } from "./flood.ts";
import { governor } from "./governor.ts";
import { importSpecification } from "./import-specification.ts";
import type { PairName } from "./product.ts";
import { recipes } from "./recipes.ts";
import { resume } from "./resume.ts";
import { runs } from "./runs.ts";
import { scale } from "./scale.ts";
import { verify } from "./verify.ts";

/** `both`: the pairs one after the other, except where they are measured against each other. */
type Case = {
  seconds: number;
  pairs: PairName[];
  run(pair: PairName, seconds: number): Promise<Figure>;
  both?: typeof ingestOnBoth;
};

/** `npm run bench [-- --pair embedded|postgres|both] [--only NAME] [--seconds N] [--keys N]`: one JSON line per case. Bounded, on loopback. */
const cases: Record<string, Case> = {
  ingest: { seconds: 10, pairs: ["embedded", "postgres"], run: ingest, both: ingestOnBoth },
  "ingest-finish": { seconds: 30, pairs: ["embedded", "postgres"], run: ingestFinish },
  "flow-http": { seconds: 10, pairs: ["embedded", "postgres"], run: flowHttp },
  runs: { seconds: 10, pairs: ["embedded", "postgres"], run: runs },
  scale: { seconds: 6, pairs: ["postgres"], run: (_, seconds) => scale(seconds) },
  resume: { seconds: 10, pairs: ["embedded", "postgres"], run: resume },
  governor: { seconds: 20, pairs: ["postgres"], run: (_, seconds) => governor(seconds) },
  steps: { seconds: 10, pairs: ["embedded", "postgres"], run: steps },
  "for-each": { seconds: 10, pairs: ["embedded", "postgres"], run: forEach },
  waiting: { seconds: 100, pairs: ["embedded", "postgres"], run: waiting },
  restart: { seconds: 10, pairs: ["embedded", "postgres"], run: restart },
  code: { seconds: 20, pairs: ["embedded", "postgres"], run: code },
  start: { seconds: 10, pairs: ["embedded"], run: (_, seconds) => start(seconds) },
  canvas: { seconds: 3, pairs: ["embedded"], run: (_, seconds) => canvas(seconds) },
  tests: { seconds: 10, pairs: ["embedded", "postgres"], run: endpointTests },
  import: { seconds: 10, pairs: ["embedded"], run: importSpecification },
  dedupe: { seconds: 24, pairs: ["embedded"], run: (_, seconds) => dedupe(seconds, keys) },
  flood: { seconds: 24, pairs: ["embedded", "postgres"], run: flood },
  recipes: { seconds: 120, pairs: ["embedded", "postgres"], run: recipes },
  verify: { seconds: 12, pairs: ["embedded"], run: async (_, seconds) => verify(seconds) },
  dropdown: { seconds: 10, pairs: ["embedded"], run: dropdown },
};

const { values } = parseArgs({
  options: {
    pair: { type: "string", default: "embedded" },
    only: { type: "string" },
    seconds: { type: "string" },
    keys: { type: "string", default: "10000000" },
  },
});
const keys = Number(values.keys);
if (!(keys >= 1_000 && keys <= 100_000_000)) throw new AppError("bad_request", "--keys must be from 1,000 to 100,000,000");
const seconds = values.seconds === undefined ? null : Number(values.seconds);
if (seconds !== null && !(seconds >= 1 && seconds <= 300)) throw new AppError("bad_request", "--seconds must be from 1 to 300");
if (values.only !== undefined && !Object.hasOwn(cases, values.only))
  throw new AppError("bad_request", `--only must be one of ${Object.keys(cases).join(", ")}`);
if (!["embedded", "postgres", "both"].includes(values.pair))
  throw new AppError("bad_request", "--pair must be embedded, postgres or both");

for (const [name, { seconds: usual, pairs, run, both }] of Object.entries(cases)) {
  if (values.only !== undefined && values.only !== name) continue;
  if (values.pair === "both" && both) print(await both(seconds ?? usual));
  else for (const pair of pairs) if (values.pair === "both" || values.pair === pair) print(await run(pair, seconds ?? usual));
}
process.exit(0);

function print(figure: Figure): void {
  process.stdout.write(`${JSON.stringify(figure)}\n`);
}
