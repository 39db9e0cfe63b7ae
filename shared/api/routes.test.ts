import { describe, expect, it } from "vitest";
import { z } from "zod";
import { ErrorBody } from "./errors.ts";
import { runStreamPath, workspaceStreamPath } from "./live.ts";
import { completeSetup, Person, signIn } from "./people.ts";
import type { Route } from "./route.ts";
import { getEntryValues, listRuns } from "./runs.ts";

/** Every route of every file beside this one, so that a new file is checked without being named here. */
const files = import.meta.glob<Record<string, unknown>>(["./*.ts", "!./*.test.ts"], { eager: true });
const routes: [string, Route][] = Object.values(files).flatMap((exported) =>
  Object.entries(exported).flatMap(([name, value]): [string, Route][] => (isRoute(value) ? [[name, value]] : [])),
);

describe("the routes of our API", () => {
  it("are found in their files", () => {
    expect(routes.map(([name]) => name)).toEqual(
      expect.arrayContaining(["getSetup", "signIn", "listFlows", "getRun", "listEvents"]),
    );
  });

  it("have a method and path of their own, whatever their parameters are called", () => {
    const streams = [runStreamPath, workspaceStreamPath].map((path) => `GET ${shapeOf(path)}`);
    const keys = [...routes.map(([, { method, path }]) => `${method} ${shapeOf(path)}`), ...streams];
    expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
  });

  it("need no session only where there can be none yet, or where a link is the proof", () => {
    const open = routes.filter(([, { access }]) => access === "anyone").map(([name]) => name);
    expect(open.toSorted()).toEqual([
      "acceptInvitation",
      "completeSetup",
      "decideWait",
      "getSetup",
      "getSheet",
      "getWait",
      "previewInvitation",
      "resumeWait",
      "signIn",
    ]);
  });

  describe.each(routes)("%s", (_, { method, path, params, query, body, response }) => {
    it("declares exactly the parameters of its path", () => {
      const named = [...path.matchAll(/:([^/]+)/g)].map(([, name]) => name);
      expect(Object.keys(params?.shape ?? {}).toSorted()).toEqual(named.toSorted());
      expect(new Set(named).size).toBe(named.length);
    });

    it("has a plain path", () => {
      expect(path).toMatch(/^(?:\/(?:[a-z]+(?:-[a-z]+)*|:[a-z]+))+$/);
    });

    it("takes a body only where one is sent, and a query only where nothing is changed", () => {
      if (method === "GET" || method === "DELETE") expect(body).toBeUndefined();
      if (method !== "GET") expect(query).toBeUndefined();
    });

    it("answers with an object, described for machines as well", () => {
      expect(z.toJSONSchema(response, { io: "output" })).toMatchObject({ type: "object" });
      if (body) expect(z.toJSONSchema(body, { io: "input" })).toMatchObject({ type: "object" });
    });

    it("takes parameters as the texts they are in a URL, and bounds them", () => {
      for (const [name, schema] of Object.entries(params?.shape ?? {})) {
        expect([name, z.safeParse(schema, "1").success]).toEqual([name, true]);
        expect([name, z.safeParse(schema, "x".repeat(1_001)).success]).toEqual([name, false]);
      }
    });
  });
});

describe("listRuns", () => {
  it("fills in the page size, reads it as text, and bounds it", () => {
    expect(listRuns.query.parse({})).toEqual({ limit: 50 });
    expect(listRuns.query.parse({ limit: "200", status: "failed" })).toEqual({ limit: 200, status: "failed" });
    for (const limit of ["0", "201", "1.5", "x", ""]) expect(listRuns.query.safeParse({ limit }).success).toBe(false);
    expect(listRuns.query.safeParse({ status: "done" }).success).toBe(false);
  });
});

describe("getEntryValues", () => {
  it("reads the entry's number out of the path", () => {
    expect(getEntryValues.params.parse({ run: "run_1", number: "12" })).toEqual({ run: "run_1", number: 12 });
    for (const number of ["0", "-1", "1.5", "x", ""])
      expect(getEntryValues.params.safeParse({ run: "run_1", number }).success).toBe(false);
  });
});

describe("completeSetup", () => {
  const body = { token: "t", name: " Ada ", email: "ada@example.com", password: "correct horse" };

  it("trims the name", () => {
    expect(completeSetup.body.parse(body)).toEqual({ ...body, name: "Ada" });
  });

  it.each([
    [{ name: "  " }, "enter your name"],
    [{ email: "ada" }, "must be an e-mail address"],
    [{ password: "too short" }, "must have at least 10 characters"],
  ])("refuses %o in words for people", (change, message) => {
    expect(completeSetup.body.safeParse({ ...body, ...change }).error?.issues.map((issue) => issue.message)).toEqual([message]);
  });
});

describe("signIn", () => {
  it("says nothing of a password's rules to someone who guesses", () => {
    expect(signIn.body.safeParse({ email: "x", password: "y" }).success).toBe(true);
  });
});

describe("Person", () => {
  it("has nothing in it that proves who they are", () => {
    expect(Object.keys(Person.shape).toSorted()).toEqual(["email", "id", "name", "role"]);
  });
});

describe("ErrorBody", () => {
  it("always names the request", () => {
    const error = { code: "not_found", message: "no", requestId: "req_1" };
    expect(ErrorBody.parse({ error: { ...error, details: { a: 1 } } })).toEqual({ error: { ...error, details: { a: 1 } } });
    expect(ErrorBody.safeParse({ error: { code: "not_found", message: "no" } }).success).toBe(false);
  });
});

function shapeOf(path: string): string {
  return path.replace(/:[^/]+/g, ":");
}

function isRoute(value: unknown): value is Route {
  return (
    typeof value === "object" &&
    value !== null &&
    "method" in value &&
    "path" in value &&
    "access" in value &&
    "response" in value
  );
}
