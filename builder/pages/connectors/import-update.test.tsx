import { screen, waitFor, within } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { ImportState } from "../../../shared/api/imports.ts";
import { type ImportMerge, signInDecision } from "../../../shared/connector/import-merge.ts";
import { fakeEventSource } from "../../testing/fake-event-source.ts";
import { type Call, fakeServer, Refused } from "../../testing/fake-server.ts";
import { renderApp } from "../../testing/render-app.tsx";
import { signInId } from "./import-changes.tsx";

const session = {
  person: { id: "usr_1", name: "Ada", email: "ada@example.com", role: "administrator" },
  workspace: { id: "wsp_1", name: "Workshop" },
};
const operation = (key: string, more: object = {}) => {
  return { key, method: "GET", path: `/${key}`, name: key, outcome: "imported", notes: [], ...more };
};
const report = {
  openapi: "3.0.3",
  title: "Tracker API",
  description: "",
  baseUrl: "https://tracker.example",
  auth: "Bearer token",
  notes: ["2 extensions are not understood"],
  operations: [operation("list"), operation("fresh")],
};
const label = (key: string) => ({
  id: `GET /${key}`,
  key,
  method: "GET",
  path: `/${key}`,
  name: key,
  details: [],
  breaking: [],
  steps: [],
});
const step = { flow: "flw_1", flowName: "Nightly", node: "ask", nodeName: "Ask the tracker", endpoint: "gone", published: true };
const merge: ImportMerge = {
  base: 3,
  changes: [
    { ...label("both"), change: "conflict", details: ["the file and people changed its description"] },
    { ...label("gone"), change: "removed", breaking: ["it is gone"], steps: [step] },
    { ...label("fresh"), change: "added" },
    { ...label("unwanted"), change: "offered" },
  ],
  signIn: null,
  unchanged: 1,
  byHand: 1,
  consequences: ['The action "Find" is removed: its endpoint is gone.'],
};

afterEach(() => vi.unstubAllGlobals());

function serve(more: Record<string, unknown> = {}) {
  fakeEventSource();
  let asked = 0;
  const states: ImportState[] = [
    { state: "reading", progress: 40, stage: "Checking the document" },
    { state: "read", report: report as never },
  ];
  return fakeServer({
    "GET /session": session,
    "GET /connections": { connections: [] },
    "GET /connectors/tracker": {
      origin: "custom",
      revision: 3,
      sandbox: false,
      oauthClient: null,
      redirectUrl: "",
      tests: [],
      document: {
        schemaVersion: 1,
        key: "tracker",
        name: "Tracker",
        description: "",
        baseUrl: "https://tracker.example",
        auth: { kind: "bearer" },
        incomingWebhooks: [],
        endpoints: [{ key: "list", name: "List", method: "GET", path: "/list", parameters: [] }],
      },
    },
    "GET /connectors/tracker/specification": {
      source: { format: "OpenAPI 3.0.0", title: "The first file", readAt: 1, endpoints: 4 },
    },
    "POST /imports/file": { import: "imp_1" },
    "GET /imports/imp_1": () => ({ result: states[Math.min(asked++, 1)] }),
    "POST /connectors/tracker/specification/preview": { merge },
    "POST /connectors/tracker/specification": { revision: 4 },
    ...more,
  });
}

async function paste(text: string): Promise<void> {
  await userEvent.click(await screen.findByRole("button", { name: "Paste text" }));
  await userEvent.click(screen.getByLabelText("Specification"));
  await userEvent.paste(text);
  await userEvent.click(screen.getByRole("button", { name: "Import" }));
}
const open = () => renderApp("/connectors/tracker?section=specification");
const applied = (server: ReturnType<typeof serve>) =>
  server.callsTo("POST /connectors/tracker/specification").map(({ body }: Call) => body);

describe("the section API specification", () => {
  it("says what file the connector came from", async () => {
    serve();
    open();
    expect(await screen.findByText("The first file")).toBeVisible();
    expect(screen.getByText("1 here, 4 in the file")).toBeVisible();
    expect(signInId).toBe(signInDecision);
  });

  it("shows what a newer file would do, and which steps it hits, and takes it in with the decisions made", async () => {
    const server = serve();
    open();
    await paste("openapi: 3.0.3");
    expect(await screen.findByText("Called by “Ask the tracker” in")).toBeVisible();
    expect(screen.getByText("1 could break 1 step of flows.")).toBeVisible();
    expect(screen.getByText(/The action "Find" is removed/)).toBeVisible();
    const fresh = screen.getByRole("checkbox", { name: "Take GET /fresh" });
    expect(fresh).toBeChecked();
    expect(screen.getByRole("checkbox", { name: "Take GET /unwanted" })).not.toBeChecked();
    await userEvent.click(screen.getByRole("checkbox", { name: "Take GET /unwanted" }));
    await userEvent.click(fresh);
    const whose = screen.getByRole("radiogroup", { name: "Whose word counts for both" });
    expect(within(whose).getByRole("radio", { name: "Keep mine" })).toBeChecked();
    await userEvent.click(within(whose).getByRole("radio", { name: "Take the file's" }));
    await userEvent.click(screen.getByRole("button", { name: "Take these changes" }));
    await waitFor(() =>
      expect(applied(server)).toEqual([
        { import: "imp_1", mode: "merge", base: 3, take: ["unwanted"], decisions: { "GET /both": "file" } },
      ]),
    );
    expect(await screen.findByText("Take in a file")).toBeVisible();
  });

  it("overwrites only after it was asked, and Cancel keeps what there is", async () => {
    const server = serve();
    open();
    await paste("openapi: 3.0.3");
    await userEvent.click(await screen.findByRole("radio", { name: "Upload & overwrite" }));
    const button = await screen.findByRole("button", { name: "Upload & overwrite" });
    await waitFor(() => expect(button).toBeEnabled());
    await userEvent.click(button);
    const dialog = await screen.findByRole("alertdialog", { name: "Overwrite “Tracker”?" });
    await userEvent.click(within(dialog).getByRole("button", { name: "Cancel" }));
    expect(applied(server)).toEqual([]);
    await userEvent.click(screen.getByRole("button", { name: "Upload & overwrite" }));
    await userEvent.click(within(await screen.findByRole("alertdialog")).getByRole("button", { name: "Upload & overwrite" }));
    await waitFor(() => expect(applied(server)).toMatchObject([{ mode: "overwrite", base: 3, take: ["fresh"] }]));
  });

  it("keeps the preview where the file is not taken, and says why", async () => {
    const answer = new Refused(409, "conflict", "the connector was changed meanwhile: look at the preview again", {
      revision: 4,
    });
    serve({ "POST /connectors/tracker/specification": answer });
    open();
    await paste("openapi: 3.0.3");
    await userEvent.click(await screen.findByRole("button", { name: "Take these changes" }));
    expect(await screen.findByText(/was changed meanwhile/)).toBeVisible();
    expect(screen.getByRole("button", { name: "Take these changes" })).toBeEnabled();
  });

  it("names the place and the reason where a file cannot be read", async () => {
    serve({ "GET /imports/imp_1": { result: { state: "refused", message: "#/paths is missing" } } });
    open();
    await paste("{}");
    expect(await screen.findByText("#/paths is missing")).toBeVisible();
  });
});
