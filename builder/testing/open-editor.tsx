import { act, fireEvent, screen, waitFor } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import axe from "axe-core";
import { expect } from "vitest";
import type { saveEdits } from "../../shared/api/flows.ts";
import type { Body } from "../../shared/api/route.ts";
import { applyEdit } from "../../shared/flow/apply-edit.ts";
import type { Flow } from "../../shared/flow/flow.ts";
import { type Call, fakeServer, Refused } from "./fake-server.ts";
import { renderApp } from "./render-app.tsx";
import { flow, session, startedAt, version } from "./sample-run.ts";

/** A flow that nobody has drawn anything in. */
export const emptyFlow: Flow = { schemaVersion: 1, nodes: [], edges: [] };
export const hook = {
  id: "hook_1",
  url: "http://127.0.0.1:8420/hooks/hook_1",
  node: "lead",
  secretSetAt: startedAt,
  recipe: "HMAC SHA-256",
  settings: { kind: "none" },
};
const connectors = [
  {
    key: "crm",
    name: "CRM",
    description: "",
    origin: "custom",
    auth: "None",
    endpoints: [
      { key: "contacts", name: "List contacts", description: "All there are", method: "GET", path: "/c", effect: "read" },
    ],
    connections: 0,
    flows: 0,
    updatedAt: 0,
  },
];
const crm = {
  schemaVersion: 1,
  key: "crm",
  name: "CRM",
  description: "",
  baseUrl: "https://crm.example",
  auth: { kind: "none" },
  incomingWebhooks: [],
  endpoints: [{ key: "contacts", name: "List contacts", method: "GET", path: "/c", parameters: [] }],
};
/** Without calls, so that nothing of it depends on a connector. */
export const plainFlow: Flow = {
  schemaVersion: 1,
  nodes: [
    { id: "lead", name: "Lead", kind: "webhook-trigger", position: { x: 0, y: 0 } },
    { id: "shape", name: "Shape", kind: "transform", output: {}, position: { x: 0, y: 120 } },
    { id: "answer", name: "Answer", kind: "respond", status: 200, headers: {}, body: null, position: { x: 0, y: 240 } },
  ],
  edges: [
    { id: "lead-shape", source: "lead", port: "out", target: "shape" },
    { id: "shape-answer", source: "shape", port: "out", target: "answer" },
  ],
};

/** The flow's page on a server that keeps its draft. */
export async function openEditor(
  document: Flow,
  { search = "", more = {} }: { search?: string; more?: Record<string, unknown> } = {},
) {
  const draft = { revision: 3, document };
  function save({ body }: Call): unknown {
    const { base, edits } = body as Body<typeof saveEdits>;
    if (base !== draft.revision) return new Refused(409, "conflict", "the draft has moved on", { revision: draft.revision });
    for (const edit of edits) {
      const applied = applyEdit(draft.document, edit);
      if (applied.outcome === "refused") return new Refused(400, "bad_request", applied.message);
      draft.document = applied.flow;
    }
    draft.revision += 1;
    return { revision: draft.revision, savedAt: Date.now() };
  }
  const server = fakeServer({
    "GET /session": session,
    "GET /flows": { flows: [flow] },
    "GET /flows/flw_1": { flow, version, hooks: [hook] },
    "GET /flows/flw_1/draft": () => ({
      revision: draft.revision,
      document: draft.document,
      changed: false,
      savedAt: startedAt,
      pinned: {},
    }),
    "GET /flows/flw_1/versions": { versions: [{ id: "ver_1", number: 3, publishedAt: startedAt, current: true }] },
    "GET /flows/flw_1/tests": { tests: [] },
    "GET /runs": { runs: [], next: null },
    "GET /connectors": { connectors },
    "GET /installed-connectors": { connectors: connectors.map((each) => ({ ...each, version: 1, triggers: [], actions: [] })) },
    "GET /connectors/crm/versions/1": { number: 1, document: crm },
    "GET /connections": { connections: [] },
    "POST /flows/flw_1/draft/edits": save,
    ...more,
  });
  const app = renderApp(`/flows/flw_1${search}`);
  const canvas = await screen.findByRole("application", { name: "Canvas" });
  const nodes = () => [...canvas.querySelectorAll<HTMLElement>(".react-flow__node")].map((node) => node.dataset.id);
  const selected = () => [...canvas.querySelectorAll<HTMLElement>(".react-flow__node.selected")].map((node) => node.dataset.id);
  const saved = () => waitFor(() => expect(screen.getByTestId("save-state")).toHaveAttribute("data-state", "saved"));
  const choose = (id: string) => {
    // A whole press of the mouse would start d3's drag, which jsdom has no view for.
    fireEvent.click(canvas.querySelector(`[data-node-id="${id}"]`) as Element);
    act(() => canvas.focus());
  };
  return { ...app, server, draft, save, canvas, nodes, selected, saved, choose, user: userEvent.setup() };
}

/** What axe objects to on the whole page; colours have no meaning here. */
export async function violations(): Promise<unknown[]> {
  const found = await axe.run(document.body, { rules: { "color-contrast": { enabled: false } } });
  return found.violations.map(({ id, nodes }) => [id, nodes[0]?.html]);
}
