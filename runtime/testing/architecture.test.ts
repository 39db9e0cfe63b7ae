import { readdirSync, readFileSync } from "node:fs";
import { join, posix, sep } from "node:path";
import { describe, expect, it } from "vitest";

type SourceFile = { path: string; text: string };
/** `target`: the path of one of our files, or the specifier of anything else. `type`: nothing of it is left at run time. */
type Import = { target: string; ours: boolean; type: boolean };
type Module = SourceFile & { imports: Import[]; test: boolean };
type Rule = (module: Module) => string[];

/** Files above the limits, each with its reason. An entry that is no longer needed is a breach as well. */
const exemptions: Record<string, { lines: number; reason: string }> = {};
const maxLines = { product: 400, test: 700 };

/**
 * The order of `runtime/`, lowest first: a folder imports from its own row and from rows before it, and the folders of one row
 * form no cycle. Route files, the command line and the composition root are above all of them.
 */
const layers = [
  ["live", "store", "ids.ts", "log.ts", "config.ts"],
  ["connections", "connectors", "flows", "people", "usage"],
  ["outbound", "expressions"],
  ["trial"],
  ["events", "engine", "duties"],
  ["ingress"],
  ["subscriptions", "workbooks", "marketplace", "mcp", "catalog", "flow-tests"],
];
const compositionRoot = /^runtime\/(?:main\.ts|create-runtime\.ts|app\.ts|boot\.mjs|(?:cli|roles)\/.*)$/;
const routeFile = /^runtime\/.*\.route\.ts$/;
/** Stand beside the product: it does not import them, except that the composition root starts the sandbox. */
const beside = /^runtime\/(?:testing|sandbox)\//;

const thisFile = "runtime/testing/architecture.test.ts";
const sharedPackages = ["zod", "jsonata"];
const testPackages = ["vitest", "fast-check"];
const socketModules = /^(?:undici|node:(?:http|https|http2|net|tls|dgram|dns)(?:\/promises)?)$/;
const badNames = /^(?:utils?|helpers?|libs?|services?|common|misc)$/i;

/** Packages that belong to one place. `value`: types may be used elsewhere. */
const owners: { packages: RegExp; value: boolean; owner: string; allowed: RegExp }[] = [
  {
    packages: /^hono(?:\/|$)/,
    value: false,
    owner: "route files, app.ts, sandbox/, testing/ and the benchmark's baseline",
    allowed: /^(?:runtime\/(?:.*\.route\.ts|app\.ts|sandbox\/.*|testing\/.*)|e2e\/bench\/.*)$/,
  },
  {
    packages: /^@hono\//,
    value: false,
    owner: "ingress/, the composition root, sandbox/ and testing/",
    allowed: /^(?:runtime\/(?:ingress\/.*|app\.ts|roles\/.*|sandbox\/.*|testing\/.*)|e2e\/bench\/.*)$/,
  },
  {
    packages: socketModules,
    value: true,
    owner: "outbound/, sandbox/ and testing/",
    allowed: /^(?:runtime\/(?:outbound|sandbox|testing|cli)\/.*|runtime\/boot\.mjs|e2e\/.*)$/,
  },
  {
    packages: /^(?:better-sqlite3|pg|pg-boss|pg-pool|node:sqlite)$/,
    value: false,
    owner: "store/ and testing/",
    allowed: /^(?:runtime\/store|runtime\/testing|e2e)\//,
  },
  { packages: /^@xyflow\/react/, value: false, owner: "builder/canvas/", allowed: /^builder\/canvas\// },
  { packages: /^monaco-editor/, value: false, owner: "builder/editor/", allowed: /^builder\/editor\// },
];

describe("the architecture", () => {
  it("has no breach in any import, name or size", () => {
    expect(breaches(readSources())).toEqual([]);
  });

  it("is read whole: every folder has files with imports", () => {
    const modules = toModules(readSources());
    for (const folder of ["builder", "runtime", "shared", "e2e"])
      expect(modules.filter(({ path, imports }) => path.startsWith(`${folder}/`) && imports.length > 0)).not.toEqual([]);
    const known = new Set(modules.map(({ path }) => path));
    const dangling = modules.flatMap(({ path, imports }) =>
      imports
        .filter(({ ours, target }) => ours && /\.(?:ts|tsx|mjs)$/.test(target) && !known.has(target))
        .map(({ target }) => `${path}: ${target}`),
    );
    expect(dangling).toEqual([]);
  });
});

describe("the checker", () => {
  it.each<[string, Record<string, string>]>([
    ["shared imports zod", { "shared/a/b.ts": from("zod") }],
    [
      "a test in shared imports the test tools",
      { "shared/a.test.ts": from("vitest", "fast-check", "./a.ts"), "shared/a.ts": "" },
    ],
    ["builder imports shared", { "builder/a.ts": from("../shared/a.ts"), "shared/a.ts": "" }],
    ["a folder imports from a lower one", { "runtime/engine/a.ts": from("../flows/b.ts"), "runtime/flows/b.ts": "" }],
    [
      "folders of one row import each other's files one way",
      { "runtime/engine/a.ts": from("../events/b.ts"), "runtime/events/b.ts": "" },
    ],
    [
      "a route file imports from above its folder",
      { "runtime/flows/a.route.ts": from("../ingress/b.ts", "hono"), "runtime/ingress/b.ts": "" },
    ],
    [
      "the composition root imports anything",
      {
        "runtime/create-runtime.ts": from("./ingress/b.ts", "./sandbox/s.ts"),
        "runtime/ingress/b.ts": "",
        "runtime/sandbox/s.ts": "",
      },
    ],
    [
      "a test imports what it tests with",
      { "runtime/store/a.test.ts": from("../testing/t.ts", "node:http"), "runtime/testing/t.ts": from("hono") },
    ],
    ["ingress reads a type of the node server", { "runtime/ingress/a.ts": `import type { IncomingMessage } from "node:http";` }],
    [
      "a comment names an import",
      { "shared/a.ts": `// import { x } from "../runtime/b.ts";\n/* from "hono" */\n/** import("undici") */` },
    ],
    ["a string looks like an import", { "shared/a.ts": `const text = 'import { x } from "hono"';` }],
    [
      "index.ts holds a table",
      { "shared/a/index.ts": `import { b } from "./b.ts";\nexport const table = { b };`, "shared/a/b.ts": "" },
    ],
    ["a file has 400 lines", { "shared/a.ts": "x;\n".repeat(400) }],
    ["a test has 700 lines", { "shared/a.test.ts": "x;\n".repeat(700) }],
    [
      "a sentence says any",
      { "shared/a.ts": `const text = "as any, new Error(";\n// throws new Error( as any\nconst many: anything = any;` },
    ],
  ])("lets pass: %s", (_, files) => {
    expect(breaches(sources(files))).toEqual([]);
  });

  it.each<[string, Record<string, string>, string]>([
    ["shared imports a package", { "shared/a.ts": from("pino") }, "shared imports only zod, JSONata and shared"],
    ["shared imports Node", { "shared/a.ts": from("node:crypto") }, "shared imports only zod, JSONata and shared"],
    [
      "shared imports runtime, even a type",
      { "shared/a.ts": typeFrom("../runtime/ids.ts"), "runtime/ids.ts": "" },
      "shared imports only zod, JSONata and shared",
    ],
    [
      "a test in shared imports runtime",
      { "shared/a.test.ts": from("../runtime/ids.ts"), "runtime/ids.ts": "" },
      "shared imports only zod, JSONata and shared",
    ],
    [
      "builder imports runtime",
      { "builder/a.tsx": from("../runtime/ids.ts"), "runtime/ids.ts": "" },
      "builder never imports runtime",
    ],
    [
      "builder imports a type of runtime",
      { "builder/a.tsx": typeFrom("../runtime/ids.ts"), "runtime/ids.ts": "" },
      "builder never imports runtime",
    ],
    [
      "builder loads runtime lazily",
      { "builder/a.tsx": `const x = lazy(() => import("../runtime/ids.ts"));`, "runtime/ids.ts": "" },
      "builder never imports runtime",
    ],
    [
      "a type is imported in place",
      { "builder/a.ts": `let x: import("../runtime/ids.ts").Ids;`, "runtime/ids.ts": "" },
      "builder never imports runtime",
    ],
    [
      "runtime imports builder",
      { "runtime/live/a.ts": from("../../builder/a.ts"), "builder/a.ts": "" },
      "runtime never imports builder",
    ],
    [
      "a re-export counts as an import",
      { "builder/a.ts": `export { x } from "../runtime/ids.ts";\nexport const y = 1;`, "runtime/ids.ts": "" },
      "builder never imports runtime",
    ],
    [
      "an import runs over lines",
      { "builder/a.ts": `import {\n  a,\n  b,\n} from "../runtime/ids.ts";`, "runtime/ids.ts": "" },
      "builder never imports runtime",
    ],
    ["a bare import", { "builder/a.ts": `import "../runtime/ids.ts";`, "runtime/ids.ts": "" }, "builder never imports runtime"],
    [
      "a worker's URL",
      { "runtime/flows/a.ts": `new Worker(new URL("../engine/w.ts", import.meta.url));`, "runtime/engine/w.ts": "" },
      "flows may not import engine",
    ],
    [
      "a folder imports from a higher one",
      { "runtime/flows/a.ts": from("../engine/b.ts"), "runtime/engine/b.ts": "" },
      "flows may not import engine",
    ],
    [
      "it does so for a type",
      { "runtime/store/a.ts": typeFrom("../people/b.ts"), "runtime/people/b.ts": "" },
      "store may not import people",
    ],
    [
      "product code imports a route",
      { "runtime/engine/a.ts": from("./b.route.ts"), "runtime/engine/b.route.ts": "" },
      "only the composition root imports routes",
    ],
    [
      "product code imports the composition root",
      { "runtime/engine/a.ts": from("../app.ts"), "runtime/app.ts": "" },
      "nothing imports the composition root",
    ],
    [
      "product code imports testing",
      { "runtime/engine/a.ts": from("../testing/t.ts"), "runtime/testing/t.ts": "" },
      "may not import testing",
    ],
    [
      "product code imports the sandbox",
      { "runtime/engine/a.ts": from("../sandbox/z/t.ts"), "runtime/sandbox/z/t.ts": "" },
      "may not import sandbox",
    ],
    [
      "a folder has no place in the order",
      { "runtime/gadgets/a.ts": from("../ids.ts"), "runtime/ids.ts": "" },
      "gadgets has no place",
    ],
    [
      "folders of one row import each other",
      {
        "runtime/engine/a.ts": from("../events/b.ts"),
        "runtime/events/b.ts": "",
        "runtime/events/c.ts": from("../engine/d.ts"),
        "runtime/engine/d.ts": "",
      },
      "cycle of folders",
    ],
    ["hono outside routes", { "runtime/people/a.ts": typeFrom("hono") }, "hono belongs to"],
    ["a part of hono outside routes", { "runtime/people/a.ts": from("hono/cookie") }, "hono/cookie belongs to"],
    ["the node server in a lower folder", { "runtime/people/a.ts": from("@hono/node-server") }, "@hono/node-server belongs to"],
    ["undici outside outbound", { "runtime/people/a.ts": from("undici") }, "undici belongs to"],
    ["node:http outside outbound", { "runtime/engine/a.ts": `import { request } from "node:http";` }, "node:http belongs to"],
    [
      "node:net with a value among types",
      { "runtime/engine/a.ts": `import { connect, type Socket } from "node:net";` },
      "node:net belongs to",
    ],
    ["fetch outside outbound", { "runtime/engine/a.ts": `const answer = await fetch(url);` }, "fetch belongs to outbound/"],
    ["fetch in a page", { "builder/pages/a.tsx": `void fetch("/api/v1/runs");` }, "fetch belongs to builder/api/"],
    ["an event stream in a page", { "builder/pages/a.tsx": `new EventSource(url);` }, "EventSource belongs to builder/api/"],
    ["a driver outside store", { "runtime/events/a.ts": typeFrom("better-sqlite3") }, "better-sqlite3 belongs to"],
    [
      "the canvas library in a panel",
      { "builder/panels/a.tsx": typeFrom("@xyflow/react") },
      "@xyflow/react belongs to builder/canvas/",
    ],
    [
      "the editor in a panel",
      { "builder/panels/a.tsx": from("monaco-editor/editor") },
      "monaco-editor/editor belongs to builder/editor/",
    ],
    [
      "two files import each other",
      { "shared/a.ts": from("./b.ts"), "shared/b.ts": from("./a.ts") },
      "cycle: shared/a.ts > shared/b.ts > shared/a.ts",
    ],
    [
      "three do, by types alone",
      { "shared/a.ts": typeFrom("./b.ts"), "shared/b.ts": typeFrom("./c.ts"), "shared/c.ts": typeFrom("./a.ts") },
      "cycle: shared/a.ts > shared/b.ts > shared/c.ts > shared/a.ts",
    ],
    ["a file imports itself", { "shared/a.ts": from("./a.ts") }, "cycle: shared/a.ts > shared/a.ts"],
    ["a file called utils", { "builder/utils.ts": "" }, "utils says nothing"],
    ["a folder called common", { "builder/common/a.ts": "" }, "common says nothing"],
    ["a file called string-free helpers with a suffix", { "builder/ui/helpers.test.ts": "" }, "helpers says nothing"],
    ["a barrel", { "shared/a/all.ts": `export * from "./b.ts";`, "shared/a/b.ts": "" }, "is a barrel"],
    [
      "a barrel of names",
      {
        "shared/a/index.ts": `export { b } from "./b.ts";\nexport type {\n  C,\n} from "./c.ts";`,
        "shared/a/b.ts": "",
        "shared/a/c.ts": "",
      },
      "is a barrel",
    ],
    ["a folder three deep", { "builder/a/b/c/d.ts": "" }, "deeper than two folders"],
    ["a long file", { "shared/a.ts": "x;\n".repeat(401) }, "has 401 lines, 400 are allowed"],
    ["a long test", { "shared/a.test.ts": "x;\n".repeat(701) }, "has 701 lines, 700 are allowed"],
    ["any as an annotation", { "shared/a.ts": "function f(x: any) {}" }, "uses any"],
    ["any as a cast", { "shared/a.ts": "const x = y as any;" }, "uses any"],
    ["any as an argument", { "shared/a.ts": "type T = Map<string, any>;" }, "uses any"],
    ["any in a list", { "shared/a.ts": "let x: any[] = [];" }, "uses any"],
    ["a bare error", { "runtime/live/a.ts": `if (x) throw new Error("no");` }, "throws a bare Error"],
  ])("refuses: %s", (_, files, message) => {
    expect(breaches(sources(files))).toEqual([expect.stringContaining(message)]);
  });

  it("refuses an exemption that nothing needs, and takes one that something does", () => {
    const long = sources({ "shared/a.ts": "x;\n".repeat(450) });
    expect(tooLong(toModules(long), { "shared/a.ts": { lines: 450, reason: "one table" } })).toEqual([]);
    expect(tooLong(toModules(long), { "shared/a.ts": { lines: 449, reason: "one table" } })).toHaveLength(1);
    expect(tooLong(toModules(sources({})), { "shared/a.ts": { lines: 450, reason: "gone" } })).toHaveLength(1);
    expect(
      tooLong(toModules(sources({ "shared/a.ts": "" })), { "shared/a.ts": { lines: 450, reason: "short now" } }),
    ).toHaveLength(1);
  });
});

function breaches(files: SourceFile[]): string[] {
  const modules = toModules(files);
  const perFile = [onlyShared, neverAcross, downwards, owned, calls, names, barrels, words];
  return [
    ...modules.flatMap((module) => perFile.flatMap((rule) => rule(module).map((text) => `${module.path}: ${text}`))),
    ...cycles(
      new Map(modules.map(({ path, imports }) => [path, imports.filter(({ ours }) => ours).map(({ target }) => target)])),
      "cycle",
    ),
    ...cycles(folderGraph(modules), "cycle of folders"),
    ...tooLong(modules, exemptions),
  ];
}

const onlyShared: Rule = ({ path, imports, test }) => {
  if (!path.startsWith("shared/")) return [];
  const packages = test ? [...sharedPackages, ...testPackages] : sharedPackages;
  const wrong = imports.filter(({ ours, target }) => (ours ? !target.startsWith("shared/") : !packages.includes(target)));
  return wrong.map(({ target }) => `shared imports only zod, JSONata and shared, not ${target}`);
};

const neverAcross: Rule = ({ path, imports }) => {
  const other = path.startsWith("builder/") ? "runtime" : path.startsWith("runtime/") ? "builder" : null;
  const wrong = imports.filter(({ ours, target }) => ours && other !== null && target.startsWith(`${other}/`));
  return wrong.map(({ target }) => `${path.split("/")[0]} never imports ${other}: ${target}`);
};

const downwards: Rule = ({ path, imports, test }) => {
  if (!path.startsWith("runtime/") || test || compositionRoot.test(path)) return [];
  const own = placeOf(path);
  if (own.rank === -1 && !beside.test(path) && !routeFile.test(path))
    return [`${own.name} has no place in the order of runtime/`];
  return imports.flatMap(({ ours, target }) => {
    if (!ours || !target.startsWith("runtime/") || beside.test(path)) return [];
    const other = placeOf(target);
    if (beside.test(target)) return [`product code may not import ${other.name}: ${target}`];
    if (compositionRoot.test(target)) return [`nothing imports the composition root: ${target}`];
    if (routeFile.test(path)) return [];
    if (routeFile.test(target)) return [`only the composition root imports routes: ${target}`];
    return other.rank > own.rank ? [`${own.name} may not import ${other.name}: ${target}`] : [];
  });
};

const owned: Rule = ({ path, imports, test }) => {
  if (test) return [];
  return imports.flatMap(({ target, ours, type }) =>
    owners
      .filter(({ packages, value, allowed }) => !ours && packages.test(target) && !(value && type) && !allowed.test(path))
      .map(({ owner }) => `${target} belongs to ${owner}`),
  );
};

/** What needs no import to reach the network. */
const calls: Rule = ({ path, text, test }) => {
  if (test || /^(?:shared|e2e)\//.test(path)) return [];
  const home = path.startsWith("builder/") ? "builder/api/" : "outbound/";
  if (/^(?:builder\/api|runtime\/(?:outbound|testing|cli))\//.test(path)) return [];
  const found = [...code(text).matchAll(/(?<![.\w])(fetch|EventSource|WebSocket)\(/g)];
  return found.map(([, name]) => `${name} belongs to ${home}`);
};

const names: Rule = ({ path }) => {
  const parts = path.split("/");
  const stems = [...parts.slice(0, -1), parts.at(-1)?.split(".")[0] ?? ""];
  const bad = stems.filter((stem) => badNames.test(stem)).map((stem) => `the name ${stem} says nothing`);
  const deep = parts[0] !== "e2e" && parts.length > 4 ? ["is deeper than two folders"] : [];
  return [...bad, ...deep];
};

const barrels: Rule = ({ text }) => {
  const rest = code(text)
    .replace(/^export\s+(?:type\s+)?(?:\*(?:\s+as\s+\w+)?|\{[^}]*\})\s+from\s+"[^"]*";?$/gm, "")
    .trim();
  return rest === "" && /^export\s/m.test(text) ? ["is a barrel: import from the files themselves"] : [];
};

const words: Rule = ({ path, text, test }) => {
  const lines = code(text).replace(/"(?:[^"\\\n]|\\.)*"/g, '""');
  const any = /(?:[:<|&(,]|\bas\b|=>)\s*any(?:\[\])*\s*(?:[;,)>|&={\]]|$)/m.test(lines) ? ["uses any"] : [];
  const product = !test && !path.startsWith("e2e/") && !path.startsWith("runtime/testing/");
  return [...any, ...(product && /\bnew Error\(/.test(lines) ? ["throws a bare Error instead of an AppError"] : [])];
};

function tooLong(modules: Module[], exempt: typeof exemptions): string[] {
  const long = modules.flatMap(({ path, text, test }) => {
    const lines = text.split("\n").length - (text.endsWith("\n") ? 1 : 0);
    const allowed = exempt[path]?.lines ?? (test ? maxLines.test : maxLines.product);
    return lines > allowed ? [`${path}: has ${lines} lines, ${allowed} are allowed`] : [];
  });
  const needed = (path: string) =>
    modules.some(
      (module) => module.path === path && module.text.split("\n").length > (module.test ? maxLines.test : maxLines.product),
    );
  const stale = Object.keys(exempt).filter((path) => !needed(path));
  return [...long, ...stale.map((path) => `${path}: needs no exemption any more`)];
}

function placeOf(path: string): { name: string; rank: number } {
  const name = path.split("/")[1] ?? "";
  return { name, rank: layers.findIndex((layer) => layer.includes(name)) };
}

/** Folders of runtime/ and what they import, without those that stand above or beside the order. */
function folderGraph(modules: Module[]): Map<string, string[]> {
  const graph = new Map<string, string[]>();
  const ordered = (path: string) =>
    path.startsWith("runtime/") &&
    path.split("/").length > 2 &&
    !compositionRoot.test(path) &&
    !routeFile.test(path) &&
    !beside.test(path);
  for (const { path, imports, test } of modules) {
    if (test || !ordered(path)) continue;
    const targets = imports.filter(({ ours, target }) => ours && ordered(target)).map(({ target }) => placeOf(target).name);
    const { name } = placeOf(path);
    graph.set(name, [...(graph.get(name) ?? []), ...targets.filter((target) => target !== name)]);
  }
  return graph;
}

/** One line for each cycle that a depth-first walk closes. */
function cycles(graph: Map<string, string[]>, label: string): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const walk = (node: string, trail: string[]): void => {
    const at = trail.indexOf(node);
    if (at >= 0) found.push(`${label}: ${[...trail.slice(at), node].join(" > ")}`);
    if (at >= 0 || done.has(node)) return;
    for (const next of graph.get(node) ?? []) walk(next, [...trail, node]);
    done.add(node);
  };
  for (const node of graph.keys()) walk(node, []);
  return [...new Set(found)];
}

function toModules(files: SourceFile[]): Module[] {
  return files.map((file) => ({ ...file, imports: importsOf(file), test: /\.(?:test|e2e)\.tsx?$/.test(file.path) }));
}

/** Our formatter puts each statement at the beginning of a line, so no parser is needed to find them. */
function importsOf({ path, text }: SourceFile): Import[] {
  const plain = code(text);
  const statements = [
    ...plain.matchAll(/^import\s+(type\s+)?(?:([\w$*{}\s,]+?)\s+from\s+)?"([^"\n]+)"/gm),
    ...plain.matchAll(/^export\s+(type\s+)?(\*(?:\s+as\s+\w+)?|\{[^}]*\})\s+from\s+"([^"\n]+)"/gm),
  ];
  const inPlace = plain.matchAll(/\bimport\("([^"\n]+)"\)|\bnew Worker\(\s*new URL\("([^"\n]+)"/g);
  return [
    ...statements.map(([, type, clause, target]) => toImport(path, target ?? "", type !== undefined || onlyTypes(clause ?? ""))),
    ...[...inPlace].map(([, lazy, url]) => toImport(path, lazy ?? url ?? "", false)),
  ];
}

function onlyTypes(clause: string): boolean {
  const parts = /^\{([^}]*)\}$/
    .exec(clause)?.[1]
    ?.split(",")
    .map((part) => part.trim());
  return parts?.every((part) => part === "" || part.startsWith("type ")) ?? false;
}

function toImport(path: string, specifier: string, type: boolean): Import {
  const ours = specifier.startsWith(".");
  return { target: ours ? posix.join(posix.dirname(path), specifier) : specifier, ours, type };
}

/** The text without comments that begin a line, where all of ours stand. */
function code(text: string): string {
  return text.replace(/^[ \t]*\/\*[\s\S]*?\*\//gm, "").replace(/^[ \t]*\/\/.*$/gm, "");
}

function readSources(): SourceFile[] {
  const root = join(import.meta.dirname, "..", "..");
  return ["builder", "runtime", "shared", "e2e"].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .map((name) => posix.join(folder, name.split(sep).join("/")))
      // Not this file: the made-up imports in it would be taken for real ones.
      .filter((path) => /\.(?:ts|tsx|mjs)$/.test(path) && !/\/(?:node_modules|out)\//.test(path) && path !== thisFile)
      .sort()
      .map((path) => ({ path, text: readFileSync(join(root, path), "utf8") })),
  );
}

function sources(files: Record<string, string>): SourceFile[] {
  return Object.entries(files).map(([path, text]) => ({ path, text }));
}

function from(...targets: string[]): string {
  return targets.map((target, index) => `import { x${index} } from "${target}";`).join("\n");
}

function typeFrom(target: string): string {
  return `import type { X } from "${target}";`;
}
