import { parseArgs } from "node:util";
import { AppError } from "../../shared/app-error.ts";
import { canvas } from "./canvas.ts";
import { type Figure, flowHttp, ingest, ingestFinish, start } from "./cases.ts";
import { importSpecification } from "./import-specification.ts";

/** `npm run bench [-- --only NAME] [--seconds N]`: one JSON line per case. Bounded, on loopback, one core for the server. */
const cases: Record<string, { seconds: number; run(seconds: number): Promise<Figure> }> = {
  ingest: { seconds: 10, run: ingest },
  "ingest-finish": { seconds: 30, run: ingestFinish },
  "flow-http": { seconds: 10, run: flowHttp },
  start: { seconds: 10, run: start },
  canvas: { seconds: 3, run: canvas },
  import: { seconds: 10, run: importSpecification },
};

const { values } = parseArgs({ options: { only: { type: "string" }, seconds: { type: "string" } } });
const seconds = values.seconds === undefined ? null : Number(values.seconds);
if (seconds !== null && !(seconds >= 1 && seconds <= 300)) throw new AppError("bad_request", "--seconds must be from 1 to 300");
if (values.only !== undefined && !Object.hasOwn(cases, values.only))
  throw new AppError("bad_request", `--only must be one of ${Object.keys(cases).join(", ")}`);

for (const [name, { seconds: usual, run }] of Object.entries(cases)) {
  if (values.only !== undefined && values.only !== name) continue;
  process.stdout.write(`${JSON.stringify(await run(seconds ?? usual))}\n`);
}
process.exit(0);
