import { AppError } from "../shared/app-error.ts";
import type { Role } from "./create-runtime.ts";

/** The command line. Each command loads only what it needs, so that a start stays fast. */
const commands: Record<string, { about: string; run(args: string[]): Promise<void> }> = {
  start: { about: "serve the product", run: () => serve("start") },
  api: { about: "one of several processes: takes events in, serves API and interface", run: () => serve("api") },
  worker: { about: "one of several processes: carries runs on", run: () => serve("worker") },
  sandbox: {
    about: "the bundled ZoomInfo sandbox alone, for several processes",
    run: async () => (await import("./cli/sandbox.ts")).sandbox(),
  },
  cluster: {
    about: "all of it on this machine: Postgres, sandbox, two API nodes, two workers",
    run: async () => (await import("./cli/cluster.ts")).cluster(),
  },
  demo: {
    about: "post a signed event to the example flow of a running server",
    run: async () => (await import("./cli/demo.ts")).demo(),
  },
  connectors: {
    about: "try the import of an API's specification: what would come of each operation",
    run: async (args) => (await import("./cli/connectors.ts")).connectors(args),
  },
  webhooks: {
    about: "find out how a captured request was signed, or check it against a recipe",
    run: async (args) => (await import("./cli/webhooks.ts")).webhooks(args),
  },
  export: {
    about: "write a flow, or a connector, as a file",
    run: async (args) => (await import("./cli/transfer.ts")).exportFile(args),
  },
  import: {
    about: "make a draft of such a file",
    run: async (args) => (await import("./cli/transfer.ts")).importFile(args),
  },
  test: {
    about: "run flow tests from files, without sending anything",
    run: async (args) => (await import("./cli/test-flows.ts")).testFlows(args),
  },
  hooks: { about: "list hooks, or set a hook's secret", run: async (args) => (await import("./cli/hooks.ts")).hooks(args) },
};

async function serve(role: Role): Promise<void> {
  (await import("./cli/one-core.ts")).keepOneHelperOnOneCore();
  await (await import("./cli/start.ts")).start(role);
}

const [name = "help", ...args] = process.argv.slice(2);
const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
if (!command) {
  const lines = Object.entries(commands).map(([key, { about }]) => `  ${key.padEnd(11)}${about}`);
  process.stderr.write(`Usage: npm run patchbay -- <command>\n\n${lines.join("\n")}\n`);
  process.exitCode = name === "help" ? 0 : 2;
} else {
  command.run(args).catch((error: unknown) => {
    // What an operator can mend is a sentence; only a fault of ours shows where it happened.
    const known = error instanceof AppError && error.code !== "internal";
    process.stderr.write(known ? `patchbay: ${error.message}\n` : `${error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(1);
  });
}
