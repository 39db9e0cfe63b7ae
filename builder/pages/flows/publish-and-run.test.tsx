import { screen, waitFor, within } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Flow } from "../../../shared/flow/flow.ts";
import { fakeEventSource } from "../../testing/fake-event-source.ts";
import { Refused } from "../../testing/fake-server.ts";
import { hook, openEditor, plainFlow, violations } from "../../testing/open-editor.tsx";
import { flow, journals, runSummary, version } from "../../testing/sample-run.ts";

let streams: ReturnType<typeof fakeEventSource>;
// Each loads the page anew on a machine that may be busy.
vi.setConfig({ testTimeout: 20_000 });
beforeEach(() => {
  streams = fakeEventSource();
});
afterEach(() => vi.unstubAllGlobals());

describe("publishing", () => {
  const loose: Flow = { ...plainFlow, edges: plainFlow.edges.slice(0, 1) };

  it("is blocked by problems, each of which leads to its place", async () => {
    const { user, server, selected } = await openEditor(loose);
    expect(await screen.findByRole("button", { name: "1 problem" })).toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "Publish" }));
    const dialog = await screen.findByRole("dialog", { name: /Publish/ });
    expect(within(dialog).queryByRole("button", { name: /Publish version/ })).toBeNull();
    expect(await violations()).toEqual([]);
    await user.click(within(dialog).getByRole("button", { name: /has no incoming edge/ }));
    expect(selected()).toEqual(["answer"]);
    expect(screen.queryByRole("dialog")).toBeNull();
    expect(server.callsTo("POST /flows/flw_1/publish")).toEqual([]);
  });

  it("goes on past warnings, which stand apart with what to do about them", async () => {
    const [lead, shape, ...others] = plainFlow.nodes;
    const sampled = { ...lead, sample: { email: "a@example.com" } };
    const nodes = [sampled, { ...shape, output: "{{trigger.body.emial}}" }, ...others] as Flow["nodes"];
    const { user, selected } = await openEditor({ ...plainFlow, nodes });
    await user.click(await screen.findByRole("button", { name: "1 warning" }));
    const list = await screen.findByRole("region", { name: "Problems" });
    expect(list).toHaveTextContent("None: this draft can be published.");
    const warning = within(list).getByRole("button", { name: /when it came last\.\s*Did you mean "trigger.body.email"\?$/ });
    await user.click(warning);
    expect(selected()).toEqual(["shape"]);
    expect(await screen.findByRole("list", { name: "Warnings" })).toHaveTextContent("did you mean");
    await user.click(screen.getByRole("button", { name: "Publish" }));
    const dialog = await screen.findByRole("dialog", { name: /Publish/ });
    expect(within(dialog).getByRole("button", { name: /Publish version/ })).toBeInTheDocument();
    expect(within(dialog).getByRole("heading", { name: "May be meant so" })).toBeInTheDocument();
    expect(await violations()).toEqual([]);
  });

  it("saves first, names the new version, and shows what the server alone knows", async () => {
    const problem = { node: "shape", field: "connection", code: "unknown_connection", message: "the connection is gone" };
    const { user, server, choose } = await openEditor(plainFlow, {
      more: { "POST /flows/flw_1/publish": new Refused(422, "invalid_document", "no", { problems: [problem] }) },
    });
    expect(screen.getByText("Published v3")).toBeInTheDocument();
    choose("answer");
    await user.keyboard("{Alt>}{ArrowDown}{/Alt}");
    expect(await screen.findByText("Published v3 · draft has changes")).toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "Publish" }));
    const go = await screen.findByRole("button", { name: "Publish version 4" });
    await user.click(go);
    expect(await screen.findByRole("button", { name: /The connection is gone/ })).toBeInTheDocument();
    await user.keyboard("{Escape}");
    server.answers["POST /flows/flw_1/publish"] = { version: 4 };
    server.answers["GET /flows/flw_1"] = { flow: { ...flow, version: 4 }, version, hooks: [hook] };
    await user.click(screen.getByRole("button", { name: "Publish" }));
    await user.click(await screen.findByRole("button", { name: "Publish version 4" }));
    expect(await screen.findByRole("dialog", { name: "Version 4 is live" })).toHaveTextContent(hook.url);
    expect(screen.getByRole("link", { name: "View version 4" })).toHaveAttribute("href", "/flows/flw_1?view=published");
    await user.click(screen.getByRole("button", { name: "Done" }));
    expect(await screen.findByText("Published v4")).toBeInTheDocument();
    const [first] = server.callsTo("POST /flows/flw_1/publish");
    expect(first?.body).toEqual({ revision: 4 });
  });
});

describe("a test run", () => {
  const ran = { run: runSummary("running", { id: "run_t", version: null }), version: { ...version, number: null } };

  it("shows itself on the canvas that is edited, live, and goes away again", async () => {
    const { user, server, canvas } = await openEditor(version.document, {
      more: {
        "POST /flows/flw_1/draft/runs": { run: "run_t", event: "evt_t" },
        "GET /runs/run_t": { ...ran, entries: journals.running },
      },
    });
    const status = (id: string) => canvas.querySelector(`[data-node-id="${id}"]`)?.getAttribute("data-status");
    expect(status("search")).toBeNull();
    await user.click(screen.getByRole("button", { name: "Run" }));
    // The tooltip under the pointer belongs to no region of the page.
    await user.hover(screen.getByRole("heading", { level: 1 }));
    expect(await screen.findByTestId("test-run")).toHaveAttribute("data-status", "running");
    expect(status("search")).toBe("running");
    expect(screen.queryByRole("button", { name: "Undo" })).toBeNull();
    await waitFor(() => expect(streams("/live/runs/run_t")).toHaveLength(1));
    for (const entry of journals.succeeded.slice(3)) streams("/live/runs/run_t")[0]?.send("entry", entry);
    await waitFor(() => expect(screen.getByTestId("test-run")).toHaveAttribute("data-status", "succeeded"));
    expect(screen.getByRole("link", { name: "Open the run" })).toHaveAttribute("href", "/runs/run_t");
    expect(await violations()).toEqual([]);
    await user.click(screen.getByRole("button", { name: "Back to editing" }));
    expect(status("search")).toBeNull();
    expect(screen.getByRole("button", { name: "Undo" })).toBeInTheDocument();
    expect(server.callsTo("POST /flows/flw_1/draft/runs")[0]?.body).toEqual({ revision: 3 });
  });

  it("begins by its shortcut also where the keyboard is on a button, which Enter alone presses", async () => {
    const { user, server } = await openEditor(plainFlow, {
      more: {
        "POST /flows/flw_1/draft/runs": { run: "run_t", event: "evt_t" },
        "GET /runs/run_t": { ...ran, entries: journals.running },
      },
    });
    screen.getByRole("button", { name: "Publish" }).focus();
    await user.keyboard("{Control>}{Shift>}{Enter}{/Shift}{/Control}");
    await waitFor(() => expect(server.callsTo("POST /flows/flw_1/draft/runs")).toHaveLength(1));
    expect(screen.queryByRole("dialog")).toBeNull();
  });

  it("to a node runs what leads to it, and lists what is in the way", async () => {
    const problem = { node: "shape", field: null, code: "odd", message: "only the server sees it" };
    const { user, server, choose } = await openEditor(plainFlow, {
      more: { "POST /flows/flw_1/draft/runs": new Refused(422, "invalid_document", "no", { problems: [problem] }) },
    });
    choose("shape");
    await user.click(await screen.findByRole("button", { name: "Run to here" }));
    const list = await screen.findByRole("region", { name: "Problems" });
    expect(list).toHaveTextContent("Only the server sees it.");
    expect(server.callsTo("POST /flows/flw_1/draft/runs")[0]?.body).toEqual({ revision: 3, until: "shape" });
  });
});

describe("a test run of a form", () => {
  const form = [
    { key: "email", name: "E-mail", description: "", type: "text" as const, required: true },
    { key: "seats", name: "Seats", description: "", type: "number" as const, required: true },
  ];
  const trigger: Flow["nodes"][number] = {
    ...{ id: "lead", name: "Asked for", kind: "manual-trigger", position: { x: 0, y: 0 } },
    form,
    sample: { email: "mira@example.com", more: 1 },
  };

  it("has the form filled in first, which begins with the sample", async () => {
    const { user, server, choose } = await openEditor(
      { ...plainFlow, nodes: [trigger, ...plainFlow.nodes.slice(1)] },
      { more: { "POST /flows/flw_1/draft/runs": { run: "run_t", event: "evt_1" } } },
    );
    choose("shape");
    await user.click(await screen.findByRole("button", { name: "Run to here" }));
    const dialog = within(await screen.findByRole("dialog"));
    expect(dialog.getByLabelText(/^E-mail/)).toHaveValue("mira@example.com");
    await user.click(dialog.getByRole("button", { name: "Run" }));
    expect(dialog.getByLabelText(/^Seats/)).toBeInvalid();
    await user.type(dialog.getByLabelText(/^Seats/), "3");
    await user.click(dialog.getByRole("button", { name: "Run" }));
    await waitFor(() =>
      expect(server.callsTo("POST /flows/flw_1/draft/runs")[0]?.body).toEqual({
        revision: 3,
        until: "shape",
        body: { email: "mira@example.com", seats: 3 },
      }),
    );
    expect(screen.queryByRole("dialog")).toBeNull();
  });
});

describe("nothing that axe objects to is in", () => {
  it("the editor, the palette and the list of shortcuts", async () => {
    const { user, choose } = await openEditor(plainFlow);
    expect(await violations()).toEqual([]);
    choose("shape");
    expect(await violations()).toEqual([]);
    await user.keyboard("{Tab}");
    await screen.findByPlaceholderText(/Search triggers/);
    expect(await violations()).toEqual([]);
    await user.keyboard("{Escape}");
    await waitFor(() => expect(document.activeElement).toHaveAttribute("data-id", "shape"));
    await user.keyboard("c");
    await screen.findByPlaceholderText("Search nodes…");
    expect(await violations()).toEqual([]);
    await user.keyboard("{Escape}");
    await waitFor(() => expect(document.activeElement).toHaveAttribute("data-id", "shape"));
    await user.keyboard("?");
    await screen.findByRole("dialog", { name: "Keyboard" });
    expect(await violations()).toEqual([]);
  });
});
