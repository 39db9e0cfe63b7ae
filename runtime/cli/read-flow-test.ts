import { readdir, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { AppError } from "../../shared/app-error.ts";
import { FlowTest } from "../../shared/flow/flow-test.ts";
import type { ReadyTest } from "../flow-tests/test-world.ts";
import { requireFlowFile } from "../flows/transfer-flow.ts";
import { readJsonFile } from "./read-json-file.ts";

const ending = ".flowtest.json";

/** The test files of paths: files as they are, of folders all below them that end in `.flowtest.json`. Throws `bad_request`. */
export async function testFilesOf(paths: string[]): Promise<string[]> {
  const found = await Promise.all(
    paths.map(async (path) => {
      const known = await stat(path).catch(() => null);
      if (!known) throw new AppError("bad_request", `${path}: there is no such file`);
      if (!known.isDirectory()) return [path];
      const names = await readdir(path, { recursive: true });
      return names.filter((name) => name.endsWith(ending)).map((name) => join(path, name));
    }),
  );
  const files = found.flat().sort();
  if (files.length === 0) throw new AppError("bad_request", `there is no file that ends in ${ending}`);
  return files;
}

/** Reads a test, and its flow from the file that it names. Throws `bad_request` with the file and the field that is wrong. */
export async function readFlowTest(path: string): Promise<ReadyTest> {
  const parsed = FlowTest.safeParse(await readJsonFile(path));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new AppError("bad_request", `${path}: ${issue?.path.join(".") || "it"}: ${issue?.message ?? "is no flow test"}`);
  }
  const { flow, ...test } = parsed.data;
  if (typeof flow !== "string") return { ...test, flow };
  const place = resolve(dirname(path), flow);
  return { ...test, flow: requireFlowFile(await readJsonFile(place)).flow };
}
