import { describe, expect, test } from "vitest";
import { ConnectorDraft } from "./connector.ts";
import { type FileForm, type MergeChoice, mergeImport } from "./merge-import.ts";

const parameter = (key: string, more: object = {}) => ({ key, name: key, in: "query", type: "string", required: false, ...more });
const endpoint = (key: string, more: object = {}) => ({
  key,
  name: key,
  method: "GET",
  path: `/${key}`,
  parameters: [],
  imported: `GET /${key}`,
  ...more,
});
const draft = (endpoints: object[], more: object = {}) =>
  ConnectorDraft.parse({
    schemaVersion: 1,
    key: "mine",
    name: "Mine",
    description: "",
    baseUrl: "https://api.example.com",
    auth: { kind: "none" },
    endpoints,
    ...more,
  });
const file = (endpoints: object[], more: object = {}): FileForm => draft(endpoints, more);

type Given = { base: object[] | null; ours: object[]; theirs: object[]; more?: object };
function merge({ base, ours, theirs, more = {} }: Given, choice: Partial<MergeChoice> & { keys?: string[] } = {}) {
  const { mode = "merge", decisions = {}, keys = [] } = choice;
  const forms = { base: base && file(base), ours: draft(ours, more), theirs: file(theirs) };
  return mergeImport(forms, { mode, take: new Set(keys), decisions });
}
const keysOf = ({ draft: { endpoints } }: { draft: ConnectorDraft }) => endpoints.map(({ key }) => key);

describe("a newer file", () => {
  test("that is the same changes nothing", () => {
    const same = [endpoint("a", { parameters: [parameter("x")] })];
    const merged = merge({ base: same, ours: same, theirs: same });
    expect(merged).toMatchObject({ changes: [], signIn: null, unchanged: 1, byHand: 0, consequences: [], undecided: [] });
    expect(merged.draft).toEqual(draft(same));
  });

  test("gives what it changed, and what people changed stays", () => {
    const base = [endpoint("a", { parameters: [parameter("x"), parameter("y")] })];
    const ours = [
      endpoint("mine", {
        name: "By hand",
        imported: "GET /a",
        path: "/a",
        parameters: [parameter("x", { name: "X!" }), parameter("y")],
      }),
    ];
    const theirs = [
      endpoint("a", { description: "New words", parameters: [parameter("x", { required: true }), parameter("z")] }),
    ];
    const merged = merge({ base, ours, theirs });
    expect(merged.draft.endpoints).toEqual([
      {
        ...endpoint("mine", { name: "By hand", imported: "GET /a", path: "/a", description: "New words" }),
        parameters: [parameter("x", { name: "X!", required: true }), parameter("z")],
      },
    ]);
    expect(merged.changes).toEqual([
      {
        id: "GET /a",
        key: "mine",
        method: "GET",
        path: "/a",
        name: "a",
        change: "changed",
        details: expect.arrayContaining(["its description changed", 'the parameter "z" is new']),
        breaking: expect.arrayContaining(['"X!" is required now', 'the parameter "y" is gone']),
      },
    ]);
  });

  test("that changed what people changed is a conflict: the file's word or ours, chosen for each endpoint", () => {
    const forms = {
      base: [endpoint("a", { description: "Old" })],
      ours: [endpoint("a", { description: "Ours", name: "Ours" })],
      theirs: [endpoint("a", { description: "Theirs", path: "/a2", imported: "GET /a" })],
    };
    const undecided = merge(forms);
    expect(undecided).toMatchObject({
      undecided: ["GET /a"],
      changes: [{ change: "conflict", details: expect.arrayContaining(["the file and people changed its description"]) }],
    });
    const [mine] = merge(forms, { decisions: { "GET /a": "mine" } }).draft.endpoints;
    expect(mine).toMatchObject({ name: "Ours", description: "Ours", path: "/a2" });
    const [theirs] = merge(forms, { decisions: { "GET /a": "file" } }).draft.endpoints;
    expect(theirs).toMatchObject({ name: "Ours", description: "Theirs", path: "/a2" });
  });

  test("adds only what is chosen, under a key that is free", () => {
    const forms = {
      base: [endpoint("a"), endpoint("b")],
      ours: [endpoint("a"), endpoint("c", { imported: undefined, path: "/own" })],
      theirs: [endpoint("a"), endpoint("b"), endpoint("c")],
    };
    const merged = merge(forms, { keys: ["c"] });
    expect(merged.changes.map(({ id, change }) => [id, change])).toEqual([
      ["GET /b", "offered"],
      ["GET /c", "added"],
    ]);
    expect(keysOf(merged)).toEqual(["a", "c", "c-2"]);
    expect(merged.byHand).toBe(1);
  });

  test("removes what it no longer has, unless people changed that or made it", () => {
    const forms = {
      base: [endpoint("a"), endpoint("b")],
      ours: [endpoint("a"), endpoint("b", { name: "Ours" }), endpoint("own", { imported: undefined })],
      theirs: [],
    };
    const merged = merge(forms);
    expect(merged.changes.map(({ key, change, breaking }) => [key, change, breaking])).toEqual([
      ["a", "removed", ["it is gone"]],
      ["b", "conflict", ["it is gone"]],
    ]);
    expect(keysOf(merged)).toEqual(["b", "own"]);
    expect(keysOf(merge(forms, { decisions: { "GET /b": "file" } }))).toEqual(["own"]);
  });

  test("keeps lists that people linked, and a parameter that they removed stays away", () => {
    const link = { kind: "static", values: [{ value: "s", label: "Small" }], allowCustom: false };
    const base = [endpoint("a", { parameters: [parameter("size"), parameter("gone")] })];
    const ours = [endpoint("a", { parameters: [parameter("size", { link })] })];
    const theirs = [
      endpoint("a", { parameters: [parameter("size", { description: "How large" }), parameter("gone", { description: "x" })] }),
    ];
    expect(merge({ base, ours, theirs }).draft.endpoints[0]?.parameters).toEqual([
      parameter("size", { link, description: "How large" }),
    ]);
  });

  test("keeps two endpoints that people made for one place", () => {
    const own = (key: string) => endpoint(key, { imported: undefined, path: "/a" });
    const merged = merge({ base: [endpoint("a")], ours: [endpoint("a"), own("b"), own("c")], theirs: [endpoint("a")] });
    expect(keysOf(merged)).toEqual(["a", "b", "c"]);
    expect(merged).toMatchObject({ changes: [], byHand: 2 });
  });

  test("has thousands of requests for one place without a wait", { timeout: 2_000 }, () => {
    const [parsed] = file([endpoint("a", { imported: undefined })]).endpoints;
    if (!parsed) expect.fail("it was not parsed");
    const endpoints = Array.from({ length: 20_000 }, (_, index) => ({ ...parsed, key: `e${index}` }));
    const forms = { base: null, ours: draft([]), theirs: { ...file([]), endpoints } };
    const merged = mergeImport(forms, { mode: "merge", take: new Set(), decisions: {} });
    expect(new Set(merged.changes.map(({ id }) => id)).size).toBe(20_000);
  });

  test("loses thousands of links to what it leaves out without a wait", { timeout: 2_000 }, () => {
    const link = { kind: "dynamic", endpoint: "gone", args: {}, items: "", value: "id", allowCustom: false };
    const parameters = Array.from({ length: 200 }, (_, index) => parameter(`p${index}`, { link }));
    const ours = Array.from({ length: 100 }, (_, index) => endpoint(`e${index}`, { imported: undefined, parameters }));
    expect(merge({ base: null, ours, theirs: [] }).consequences).toHaveLength(20_000);
  });

  test("of a connector whose first file is not known makes every difference a conflict", () => {
    const merged = merge({ base: null, ours: [endpoint("a", { name: "Ours" })], theirs: [endpoint("a")] });
    expect(merged.changes).toMatchObject([{ change: "conflict" }]);
    expect(merged.draft.endpoints[0]?.name).toBe("Ours");
  });
});

describe("what depends on a removed endpoint", () => {
  test("goes with it, and is named", () => {
    const link = { kind: "dynamic", endpoint: "list", items: "", value: "id", args: {}, allowCustom: false };
    const linked = endpoint("make", { parameters: [parameter("project", { link })] });
    const action = { name: "Find", description: "", category: "retrieve", inputs: [], fixed: {} };
    const more = {
      verification: { endpoint: "list", inputs: {} },
      actions: [
        { ...action, key: "find", endpoint: "list" },
        { ...action, key: "make", name: "Make", endpoint: "make", inputs: [{ parameter: "project" }] },
      ],
    };
    const merged = merge({ base: [endpoint("list"), linked], ours: [endpoint("list"), linked], theirs: [linked], more });
    expect(merged.consequences).toEqual([
      '"make" loses the list of "project".',
      "The request that verifies connections is gone: choose another one in Base URL & authentication.",
      'The action "Find" is removed: its endpoint is gone.',
    ]);
    expect(merged.draft.endpoints).toEqual([endpoint("make", { parameters: [parameter("project")] })]);
    expect(merged.draft.actions?.map(({ key }) => key)).toEqual(["make"]);
    expect(merged.draft).not.toHaveProperty("verification");
  });
});

describe("base URL and authentication", () => {
  const forms = (base: object, ours: object, theirs: object) => ({
    base: file([], base),
    ours: draft([], ours),
    theirs: file([], theirs),
  });
  const choice: MergeChoice = { mode: "merge", take: new Set(), decisions: {} };
  const [one, two, three] = ["one", "two", "three"].map((name) => ({ baseUrl: `https://${name}.example.com` })) as [
    object,
    object,
    object,
  ];

  test("follow the file where people left them alone", () => {
    const merged = mergeImport(forms(one, one, two), choice);
    expect(merged).toMatchObject({ draft: two, signIn: { conflict: false, details: ["the base URL changed"] } });
    expect(mergeImport(forms(one, two, one), choice)).toMatchObject({ draft: two, signIn: null });
  });

  test("are a conflict where both changed them, and stay where the file says nothing", () => {
    const merged = mergeImport(forms(one, two, three), choice);
    expect(merged).toMatchObject({ draft: two, undecided: ["base"], signIn: { conflict: true } });
    expect(mergeImport(forms(one, two, three), { ...choice, decisions: { base: "file" } }).draft).toMatchObject(three);
    const silent = mergeImport(forms(one, { ...two, auth: { kind: "bearer" } }, { baseUrl: "" }), {
      ...choice,
      mode: "overwrite",
    });
    expect(silent).toMatchObject({ draft: { ...two, auth: { kind: "bearer" } }, signIn: null });
  });
});

test("overwriting takes the file's word for everything, and keeps the keys that flows know", () => {
  const link = { kind: "static", values: [{ value: "s", label: "Small" }], allowCustom: false };
  const merged = merge(
    {
      base: [endpoint("a")],
      ours: [
        endpoint("mine", { imported: "GET /a", name: "By hand", parameters: [parameter("x", { link })] }),
        endpoint("own", { imported: undefined }),
      ],
      theirs: [endpoint("a", { parameters: [parameter("x")] }), endpoint("b")],
    },
    { mode: "overwrite", keys: ["b"] },
  );
  expect(merged.draft.endpoints).toEqual([
    endpoint("mine", { name: "a", path: "/a", imported: "GET /a", parameters: [parameter("x")] }),
    endpoint("b"),
  ]);
  expect(merged.changes.map(({ change }) => change)).toEqual(["changed", "removed", "added"]);
});
