import { screen } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import type { Flow } from "../../shared/flow/flow.ts";
import { fakeEventSource } from "../testing/fake-event-source.ts";
import { openEditor, plainFlow } from "../testing/open-editor.tsx";
import { flow, version } from "../testing/sample-run.ts";

vi.setConfig({ testTimeout: 20_000 });
afterEach(() => vi.unstubAllGlobals());

it("the answer of a flow that is waited for is typed by its published version, which is asked for once", async () => {
  fakeEventSource();
  const place = { position: { x: 0, y: 360 } };
  const document: Flow = {
    ...plainFlow,
    nodes: [
      ...plainFlow.nodes,
      { id: "ask", name: "Ask", kind: "sub-flow", flow: "flw_2", mode: "wait", input: {}, ...place },
      { id: "again", name: "Again", kind: "sub-flow", flow: "flw_2", mode: "wait", input: {}, ...place },
      { id: "use", name: "Use", kind: "transform", output: "{{steps.ask.output.answer.body.nam}}", ...place },
    ],
    edges: [
      ...plainFlow.edges,
      { id: "answer-ask", source: "answer", port: "out", target: "ask" },
      { id: "ask-again", source: "ask", port: "out", target: "again" },
      { id: "again-use", source: "again", port: "out", target: "use" },
    ],
  };
  const answers = [{ id: "say", name: "Say", kind: "respond", status: 200, headers: {}, body: { name: "Ada" }, ...place }];
  const other = { ...version, document: { schemaVersion: 1, nodes: [plainFlow.nodes[0], ...answers], edges: [] } };
  const { user, server } = await openEditor(document, {
    more: { "GET /flows/flw_2": { flow: { ...flow, id: "flw_2", name: "Other" }, version: other, hooks: [] } },
  });
  await user.click(await screen.findByRole("button", { name: "1 warning" }));
  expect(await screen.findByRole("button", { name: /Did you mean "steps.ask.output.answer.body.name"\?/ })).toBeInTheDocument();
  expect(server.callsTo("GET /flows/flw_2")).toHaveLength(1);
});
