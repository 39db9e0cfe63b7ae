import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

const folder = import.meta.dirname;
const generated = join(folder, "node_modules", "@octokit", "openapi", "generated");
const file = join(generated, "api.github.com.json");

/**
 * The path of GitHub's own specification: OpenAPI 3.0, 13 MB, about 1,200 operations (MIT). Installed into this folder the first time;
 * null where no registry can be reached. Of the package's 400 MB only that one file is kept.
 */
export function githubSpecification(): string | null {
  if (existsSync(file)) return file;
  const args = ["install", "--ignore-scripts", "--no-package-lock", "--no-audit", "--no-fund", "--loglevel=error"];
  spawnSync("npm", args, {
    cwd: folder,
    stdio: ["ignore", "ignore", "inherit"],
    timeout: 300_000,
    shell: process.platform === "win32",
  });
  if (!existsSync(file)) return null;
  for (const name of readdirSync(generated)) if (join(generated, name) !== file) rmSync(join(generated, name));
  return file;
}
