import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { AppError } from "../../shared/app-error.ts";

export type ChildOptions = {
  /** Stands before each of its log lines. */
  name: string;
  /** A script of ours that writes a line with "Ready." to standard output when it is. */
  file: URL;
  args: string[];
  env: NodeJS.ProcessEnv;
  /** Takes one line for the terminal. */
  say(line: string): void;
};

/** A process that is started again when it ends by itself. */
export type Child = {
  /** Tells it to stop, and settles when it is gone. */
  stop(): Promise<void>;
};

const restartMs = 1_000;
const endWithParent = new URL("./end-with-parent.ts", import.meta.url).href;

/**
 * Starts a process and keeps it running. Settles with what it has written when it is ready for the first time; rejects with `config`
 * when it ends before that.
 */
export async function keepRunning(options: ChildOptions): Promise<Child & { said: string[] }> {
  const { name, say } = options;
  let stopping = false;
  let running = launch(options);
  const said = await running.ready;
  if (said === null) throw new AppError("config", `${name} does not start: its lines above say why`);
  const kept = keep();

  async function keep(): Promise<void> {
    for (;;) {
      const how = await running.ended;
      if (stopping) return;
      say(`ended by itself (${how}): starting it again`);
      await sleep(restartMs);
      if (stopping) return;
      running = launch(options);
    }
  }

  return {
    said,
    async stop() {
      stopping = true;
      running.child.kill("SIGTERM");
      await running.ended;
      await kept;
    },
  };
}

type Running = {
  child: ChildProcess;
  /** What it has written to standard output until it was ready; null when it ended before. */
  ready: Promise<string[] | null>;
  /** With the exit code or signal. */
  ended: Promise<string>;
};

function launch({ file, args, env, say }: ChildOptions): Running {
  const child = spawn(process.execPath, ["--import", endWithParent, fileURLToPath(file), ...args], {
    // Postgres runs as another user, who may not be allowed to enter the folder of the clone.
    cwd: "/",
    env,
    // A session of its own: a Ctrl C of the terminal is for us, who stop one after another.
    detached: true,
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  say(`started as process ${child.pid}`);
  if (child.stderr) createInterface({ input: child.stderr }).on("line", say);
  const ended = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
  const ready = new Promise<string[] | null>((resolve) => {
    const lines: string[] = [];
    if (child.stdout)
      createInterface({ input: child.stdout }).on("line", (line) => {
        lines.push(line);
        if (line.includes("Ready.")) resolve(lines);
      });
    void ended.then(() => resolve(null));
  });
  return { child, ready, ended };
}
