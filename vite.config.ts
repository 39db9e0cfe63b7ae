/// <reference types="vitest/config" />
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import type { ProjectConfig } from "vitest/node";

/** Needed by the first page, whatever else needs it. */
const frame = /node_modules[\\/](?:react|react-dom|scheduler)[\\/]|builder[\\/]ui[\\/]icon-button/;
const windows =
  /node_modules[\\/](?:@radix-ui|react-remove-scroll|react-style-singleton|aria-hidden|use-)|builder[\\/]ui[\\/]dialog/;
/** Documents are schemas: whatever is said with one brings zod along. */
const schemas = /node_modules[\\/]zod[\\/]|[\\/]shared[\\/]json\.ts$/;

/** Everything, however long it takes: one file at a time, each with modules of its own. */
const full = process.env.PATCHBAY_FULL === "1";
/** Of tests in this process. None leaves anything behind in its modules, so that a quick run loads them once and not for each file. */
const inThreads: ProjectConfig = { pool: "threads", isolate: full, environment: "node", testTimeout: 20_000 };
/** Of tests that start servers and browsers. */
const browser: ProjectConfig = {
  root: ".",
  environment: "node",
  testTimeout: 120_000,
  hookTimeout: 60_000,
  // A page on a busy machine takes its time.
  expect: { poll: { timeout: 10_000 } },
};
const onPostgres = process.env.PATCHBAY_E2E_PAIR === "postgres";

export default defineConfig({
  root: "builder",
  plugins: [react(), tailwindcss()],
  worker: { format: "es" },
  build: {
    outDir: "../dist",
    emptyOutDir: true,
    target: "es2022",
    manifest: true,
    chunkSizeWarningLimit: 4000,
    // A browser without module preload loads the same modules a little later: not worth a place in the first chunk.
    modulePreload: { polyfill: false },
    // What most pages share is one file: it is smaller than many, and asked for once.
    // Schemas and windows are shared by many pages as well, but by none that is seen first.
    rolldownOptions: {
      output: {
        // The first page has a list of the names of all others: what a name says, the manifest says as well.
        chunkFileNames: "assets/[hash].js",
        codeSplitting: {
          groups: [
            { name: "frame", test: frame, priority: 2 },
            { name: "shared", test: (id: string) => !windows.test(id) && !schemas.test(id), minShareCount: 10, priority: 1 },
            { name: "windows", test: windows, minShareCount: 8 },
            { name: "schemas", test: schemas },
          ],
        },
      },
    },
  },
  // The store of the router brings a stand-in for what React has had since 18.
  resolve: { alias: [{ find: /^use-sync-external-store\/shim(\/index\.js)?$/, replacement: "react" }] },
  server: { proxy: { "/api": "http://127.0.0.1:8420" } },
  test: {
    root: ".",
    // All cores: the runner would leave one idle.
    maxWorkers: full ? 1 : "100%",
    projects: [
      {
        extends: true,
        root: ".",
        plugins: [],
        test: {
          name: "unit",
          ...inThreads,
          include: ["runtime/**/*.test.ts", "shared/**/*.test.ts", "builder/**/*.test.ts"],
          exclude: ["runtime/store/postgres/**"],
        },
      },
      {
        extends: true,
        root: ".",
        plugins: [],
        test: {
          // What stands on a database, once more on the other one; the quick run has what is written for it or runs on it.
          name: "postgres",
          ...inThreads,
          include: [
            full
              ? "runtime/{catalog,connections,connectors,duties,engine,events,flow-tests,flows,ingress,live,marketplace,people,roles,store,subscriptions,trial}/**/*.test.ts"
              : "runtime/{engine,store}/**/*.test.ts",
          ],
          // What knows no database is tested once.
          exclude: [
            "runtime/store/sqlite/**",
            "runtime/connectors/import/**",
            "runtime/connectors/export-*",
            "runtime/ingress/verify/**",
            // They take long, and the scenarios are on both; the crashes of several processes are e2e/crash's.
            "runtime/engine/crash-{sweep,random}.test.ts",
          ],
          env: { PATCHBAY_TEST_PAIR: "postgres" },
          globalSetup: ["runtime/testing/provide-postgres.ts"],
        },
      },
      {
        extends: true,
        root: ".",
        plugins: [],
        test: {
          // The providers' own packages sign and verify; installed once, by the set-up.
          name: "conformance",
          environment: "node",
          include: ["e2e/conformance/*.test.ts"],
          globalSetup: ["e2e/conformance/install.ts"],
        },
      },
      {
        extends: true,
        test: {
          root: ".",
          name: "ui",
          ...inThreads,
          environment: "jsdom",
          // Each takes a second or two; other tests go on beside it.
          testTimeout: 30_000,
          include: ["builder/**/*.test.tsx"],
          setupFiles: ["builder/ui/test-setup.ts"],
        },
      },
      {
        extends: true,
        test: {
          ...browser,
          name: "e2e",
          include: ["e2e/*.e2e.ts"],
          // Those of clusters choose their databases themselves.
          ...(onPostgres && { exclude: ["e2e/cluster.e2e.ts"], globalSetup: ["runtime/testing/provide-postgres.ts"] }),
        },
      },
      {
        extends: true,
        test: {
          // Processes that are killed and stopped under load: nothing goes on beside them.
          ...browser,
          name: "crash",
          include: onPostgres ? [] : ["e2e/crash/*.e2e.ts"],
          fileParallelism: false,
        },
      },
      {
        extends: true,
        test: {
          // What people do most, once more on the other database; the quick run has the shorter half. All of it:
          // PATCHBAY_E2E_PAIR=postgres with project e2e.
          ...browser,
          name: "e2e-postgres",
          include: full ? ["e2e/{authoring,cancel-run}.e2e.ts"] : ["e2e/cancel-run.e2e.ts"],
          env: { PATCHBAY_E2E_PAIR: "postgres" },
          globalSetup: ["runtime/testing/provide-postgres.ts"],
        },
      },
    ],
  },
});
