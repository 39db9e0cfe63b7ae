import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { load, YAML11_SCHEMA } from "js-yaml";
import { describe, expect, it } from "vitest";
import { z } from "zod";

const root = join(import.meta.dirname, "..", "..");
const read = (name: string) => readFileSync(join(root, name), "utf8");

/** What the command line offers. */
const commands = [
  ...spawnSync(process.execPath, [join(root, "runtime", "main.ts"), "help"], { encoding: "utf8" }).stderr.matchAll(
    /^ {2}(\w+) /gm,
  ),
].map(([, name]) => name);

const dockerfile = read("Dockerfile")
  .split("\n")
  .filter((line) => line !== "" && !line.startsWith("#"));
const ignored = read(".dockerignore")
  .split("\n")
  .filter((line) => line !== "" && !line.startsWith("#"));

/** Variables that the product reads, wherever it does. */
const variables = ["config.ts", "connections/key-file.ts"].flatMap((name) =>
  [...read(join("runtime", name)).matchAll(/\b(?:PATCHBAY_[A-Z_]+|DATABASE_URL)\b/g)].map(([name]) => name),
);

describe("the image", () => {
  it("is made of files that are there and that are not left out", () => {
    const copied = dockerfile
      .filter((line) => line.startsWith("COPY ") && !line.includes("--from="))
      .flatMap((line) => line.split(" ").slice(1, -1));
    expect(copied).toEqual(expect.arrayContaining(["package.json", "shared", "builder", "runtime"]));
    expect(copied.filter((path) => !existsSync(join(root, path)) || ignored.includes(path))).toEqual([]);
  });

  it("runs a command that exists, as a user of no rights, with variables that are read", () => {
    const line = (word: string) => dockerfile.find((text) => text.startsWith(`${word} `))?.slice(word.length + 1) ?? "";
    const [program, file] = JSON.parse(line("ENTRYPOINT"));
    expect([program, existsSync(join(root, file))]).toEqual(["node", true]);
    expect(commands).toContain(JSON.parse(line("CMD"))[0]);
    expect(line("USER")).toBe("node");
    const set = [...line("ENV").matchAll(/(\w+)=/g)].map(([, name]) => name).filter((name) => name !== "NODE_ENV");
    expect(set.filter((name) => !variables.includes(name ?? ""))).toEqual([]);
  });
});

const Compose = z.object({
  services: z.record(
    z.string(),
    z.object({
      image: z.string(),
      command: z.array(z.string()).optional(),
      environment: z.record(z.string(), z.string()).default({}),
      ports: z.array(z.string()).default([]),
      deploy: z.object({ replicas: z.number() }).optional(),
    }),
  ),
});

describe("the composition of containers", () => {
  // With the key << that one service takes over another's settings by.
  const { services } = Compose.parse(load(read("compose.yaml"), { schema: YAML11_SCHEMA }));
  const ours = Object.values(services).filter(({ image }) => image === "patchbay");

  it("has the roles of a cluster, each a command that exists", () => {
    const roles = ours.flatMap(({ command: [role] = [], deploy }) => Array.from({ length: deploy?.replicas ?? 1 }, () => role));
    expect(roles.sort()).toEqual(["api", "api", "sandbox", "worker", "worker"]);
    expect(roles.filter((role) => !commands.includes(role))).toEqual([]);
  });

  it("gives all nodes the same database, key and sandbox, by variables that are read", () => {
    const nodes = ours.filter(({ command }) => command?.[0] !== "sandbox");
    for (const { environment } of nodes) expect(environment).toEqual(nodes[0]?.environment);
    const names = Object.keys(nodes[0]?.environment ?? {});
    expect(names).toEqual(expect.arrayContaining(["DATABASE_URL", "PATCHBAY_ENCRYPTION_KEY", "PATCHBAY_SANDBOX_URL"]));
    expect(names.filter((name) => !variables.includes(name))).toEqual([]);
  });

  it("publishes nothing to other machines", () => {
    const ports = Object.values(services).flatMap(({ ports }) => ports);
    expect(ports).toHaveLength(2);
    expect(ports.filter((port) => !port.startsWith("127.0.0.1:"))).toEqual([]);
  });
});
