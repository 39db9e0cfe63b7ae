import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { linkProblem } from "../../../shared/connector/check-links.ts";
import { suggestLinks } from "../../../shared/connector/suggest-links.ts";
import { importFile } from "./import-file.ts";
import { labels } from "./suggested-links-labels.ts";

/** Real files by others, beside the project where they are present; see the README there for their licences. */
const folder = join(dirname(fileURLToPath(import.meta.url)), "../../../../shared/specs");

type Judged = { label: string; expected: string | null; found: string | null };

async function judge(file: string): Promise<Judged[]> {
  const outcome = await importFile(readFileSync(join(folder, file), "utf8"), { allowedHttpHosts: [] });
  if (outcome.outcome === "refused") return expect.fail(outcome.message);
  const { endpoints } = outcome.connector;
  return (labels[file] ?? []).map(([key, name, expected]) => {
    const endpoint = endpoints.find((each) => each.key === key);
    if (!endpoint?.parameters.some((parameter) => parameter.key === name)) return expect.fail(`${file} has no ${key} ${name}`);
    const suggestion = suggestLinks(endpoints, endpoint).find(({ parameter }) => parameter === name);
    return { label: `${file} ${key} ${name}`, expected, found: suggestion?.link.endpoint ?? null };
  });
}

describe.skipIf(!existsSync(folder))("links that are suggested for real specifications", () => {
  test("are right nine times in ten at least", async () => {
    const judged: Judged[] = [];
    for (const file of Object.keys(labels)) judged.push(...(await judge(file)));
    const suggested = judged.filter(({ found }) => found !== null);
    const wanted = judged.filter(({ expected }) => expected !== null);
    const right = suggested.filter(({ expected, found }) => expected === found);
    const precision = right.length / suggested.length;
    const recall = right.length / wanted.length;
    console.info(
      `suggested links: ${judged.length} labels, ${suggested.length} suggested, ${right.length} right:`,
      `precision ${precision.toFixed(3)}, recall ${recall.toFixed(3)}`,
    );
    expect(judged.length).toBeGreaterThanOrEqual(40);
    expect(suggested.filter(({ expected, found }) => expected !== found).map(({ label, found }) => `${label}: ${found}`)).toEqual(
      knownWrong,
    );
    expect(precision).toBeGreaterThanOrEqual(0.9);
    expect(recall).toBeGreaterThanOrEqual(0.7);
  });

  test("can all be saved as they are", async () => {
    const outcome = await importFile(readFileSync(join(folder, "yaml/intercom-2.14.yaml"), "utf8"), { allowedHttpHosts: [] });
    if (outcome.outcome === "refused") return expect.fail(outcome.message);
    const { endpoints } = outcome.connector;
    const linked = endpoints.map((endpoint) => {
      const links = new Map(suggestLinks(endpoints, endpoint).map(({ parameter, link }) => [parameter, link]));
      const parameters = endpoint.parameters.map((each) => ({
        ...each,
        ...(links.has(each.key) && { link: links.get(each.key) }),
      }));
      return { ...endpoint, parameters };
    });
    expect(linkProblem({ endpoints: linked })).toBeNull();
  });
});

/** What names and schemas cannot tell. */
const knownWrong = ["yaml/intercom-2.14.yaml submit-fin-csat conversation_id: list-conversations"];
