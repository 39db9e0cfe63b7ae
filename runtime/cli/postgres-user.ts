import { spawnSync } from "node:child_process";
import { chmodSync, chownSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { AppError } from "../../shared/app-error.ts";

const user = "postgres";
const nodeModules = fileURLToPath(new URL("../../node_modules", import.meta.url));

/**
 * Postgres refuses to run as root: there it runs as the user `postgres`, who is made where there is none and may enter the data
 * folder. Throws `config` when that user cannot reach what it needs. For anybody but root there is nothing to do.
 */
export function preparePostgresUser(dataDir: string): void {
  if (process.getuid?.() !== 0) return;
  if (idOf("-u") === null) {
    run("groupadd", ["--system", user]);
    run("useradd", ["--system", "--gid", user, user]);
  }
  const [uid, gid] = [idOf("-u"), idOf("-g")];
  if (uid === null || gid === null) throw new AppError("config", `there is no user ${user}, and it could not be made`);
  // To pass through, not to list; the key in it is for its owner alone.
  chownSync(dataDir, 0, gid);
  chmodSync(dataDir, 0o710);
  for (const folder of [nodeModules, dataDir])
    if (spawnSync("/bin/sh", ["-c", 'test -x "$0"', folder], { cwd: "/", uid, gid }).status !== 0)
      throw new AppError(
        "config",
        `Postgres runs as the user ${user}, who may not enter ${folder}: move it to where every user may pass, or set DATABASE_URL`,
      );
}

function idOf(which: "-u" | "-g"): number | null {
  const { status, stdout } = spawnSync("id", [which, user], { encoding: "utf8" });
  return status === 0 ? Number(stdout) : null;
}

function run(program: string, args: string[]): void {
  const { status, stderr } = spawnSync(program, args, { encoding: "utf8" });
  if (status !== 0) throw new AppError("config", `${program} ${args.join(" ")} failed: ${stderr}`);
}
