import { render, screen, waitFor, within } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { FlowTestSummary } from "../../../shared/api/flow-tests.ts";
import type { FlowTestResult } from "../../../shared/flow/flow-test.ts";
import { fakeEventSource } from "../../testing/fake-event-source.ts";
import { Refused } from "../../testing/fake-server.ts";
import { openEditor, plainFlow, violations } from "../../testing/open-editor.tsx";
import { startedAt } from "../../testing/sample-run.ts";
import Toaster from "../../ui/toaster.tsx";

vi.setConfig({ testTimeout: 20_000 });
beforeEach(() => {
  fakeEventSource();
});
afterEach(() => vi.unstubAllGlobals());

const summary = (id: string, name: string, last: FlowTestSummary["last"] = null): FlowTestSummary => ({
  ...{ id, name, last, createdAt: startedAt, expectations: 3, calls: 1 },
});
const failed: FlowTestResult = {
  name: "Known lead",
  passed: false,
  durationMs: 4,
  error: null,
  verdicts: [
    { expectation: { run: "succeeded" }, name: "the run is succeeded", passed: true, message: null, changes: null },
    {
      expectation: { step: "shape", output: { name: "Ada" } },
      name: "shape gives what is expected",
      passed: false,
      message: 'name: expected "Ada", but it is "Bob"',
      changes: {
        places: [
          { path: "name", before: '"Ada"', after: '"Bob"' },
          { path: "tags[0]", before: '"vip"' },
        ],
        more: 4,
      },
    },
    { expectation: { calls: 1 }, name: "1 calls are sent", passed: false, message: "2 calls were sent", changes: null },
  ],
};
const passed: FlowTestResult = { name: "New lead", passed: true, durationMs: 2, error: null, verdicts: [] };

async function openTests(tests: FlowTestSummary[], more: Record<string, unknown> = {}) {
  const opened = await openEditor(plainFlow, { more: { "GET /flows/flw_1/tests": { tests }, ...more } });
  await opened.user.click(screen.getByRole("button", { name: "Tests" }));
  return { ...opened, drawer: await screen.findByRole("region", { name: "Tests" }) };
}

it("runs on the saved draft, says how many fail, and leads from what failed to its node", async () => {
  const kept = [summary("tst_1", "Known lead"), summary("tst_2", "New lead", { passed: true, at: startedAt, revision: 2 })];
  const { user, server, drawer, choose, selected } = await openTests(kept, {
    "POST /flows/flw_1/tests/run": {
      results: [
        { test: "tst_1", result: failed },
        { test: "tst_2", result: passed },
      ],
    },
  });
  expect(within(drawer).getAllByTestId("flow-test")[1]).toHaveTextContent("on an earlier draft");
  choose("answer");
  await user.keyboard("{Alt>}{ArrowDown}{/Alt}");
  const ran = { at: startedAt, revision: 4 };
  server.answers["GET /flows/flw_1/tests"] = {
    tests: [summary("tst_1", "Known lead", { passed: false, ...ran }), summary("tst_2", "New lead", { passed: true, ...ran })],
  };
  await user.click(within(drawer).getByRole("button", { name: "Run all" }));
  expect(await screen.findByRole("button", { name: "1 test fails" })).toHaveAttribute("aria-expanded", "true");
  expect(server.callsTo("POST /flows/flw_1/tests/run").map(({ body }) => body)).toEqual([{ revision: 4 }]);
  expect(drawer).toHaveTextContent("1 passed, 1 failed");
  const result = within(drawer).getByRole("region", { name: "Result of Known lead" });
  const rows = within(within(result).getByRole("table", { name: "Differences" })).getAllByRole("row");
  expect(rows.map((row) => [...row.children].map((cell) => cell.textContent))).toEqual([
    ["Path", "Expected", "Given"],
    ["name", '"Ada"', '"Bob"'],
    ["tags[0]", '"vip"', "not there"],
  ]);
  expect(result).toHaveTextContent("And at 4 more places.");
  expect(result).toHaveTextContent("2 calls were sent. Expected: 1 call.");
  expect(result).toHaveTextContent("1 other expectation holds.");
  expect(await violations()).toEqual([]);
  await user.click(within(result).getByRole("button", { name: "Shape" }));
  expect(selected()).toEqual(["shape"]);
  expect(drawer).toBeInTheDocument();
});

it("of one runs that one alone; problems of the draft are listed in place of results", async () => {
  const problem = { node: "shape", field: null, code: "odd", message: "only the server sees it", severity: "error" };
  const { user, server, drawer, selected } = await openTests([summary("tst_1", "Known lead")], {
    "POST /flows/flw_1/tests/run": new Refused(422, "invalid_document", "no", { problems: [problem] }),
  });
  await user.click(within(drawer).getByRole("button", { name: "Run Known lead" }));
  await user.click(await within(drawer).findByRole("button", { name: /Only the server sees it/ }));
  expect(selected()).toEqual(["shape"]);
  expect(server.callsTo("POST /flows/flw_1/tests/run")[0]?.body).toEqual({ revision: 3, tests: ["tst_1"] });
});

it("is kept from a file that is one, and deleted only after it was asked", async () => {
  render(<Toaster />);
  const { user, server, drawer } = await openTests([], { "POST /flows/flw_1/tests": { test: "tst_1" } });
  expect(drawer).toHaveTextContent("Open an ended run and save it as a test, or upload one.");
  expect(within(drawer).getByRole("link", { name: "Runs of this flow" })).toHaveAttribute("href", "/runs?flow=flw_1");
  const upload = async (name: string, content: unknown) =>
    user.upload(within(drawer).getByLabelText("Upload"), new File([JSON.stringify(content)], name));
  const test = { patchbay: "flow-test", format: 1, name: "Known lead", trigger: { node: "lead", output: {} } };
  await upload("a.json", { patchbay: "flow" });
  expect(await screen.findByText(/“a.json” is not a flow test/)).toBeInTheDocument();
  await upload("b.json", { ...test, flow: plainFlow, expect: [] });
  expect(await screen.findByText(/“b.json” is no valid flow test: expect: nothing is expected/)).toBeInTheDocument();
  await upload("c.json", { ...test, flow: "leads.flow.json", expect: [{ calls: 0 }] });
  expect(await screen.findByText(/“c.json” only names its flow, “leads.flow.json”/)).toBeInTheDocument();
  expect(server.callsTo("POST /flows/flw_1/tests")).toEqual([]);
  server.answers["GET /flows/flw_1/tests"] = { tests: [summary("tst_1", "Known lead")] };
  await upload("d.json", { ...test, flow: plainFlow, expect: [{ calls: 0 }] });
  await within(drawer).findByTestId("flow-test");
  const sent = server.callsTo("POST /flows/flw_1/tests").map(({ body }) => body);
  expect(sent).toMatchObject([{ test: { name: "Known lead", flow: plainFlow, expect: [{ calls: 0 }] } }]);

  server.answers["DELETE /flows/flw_1/tests/tst_1"] = {};
  await user.click(within(drawer).getByRole("button", { name: "More for Known lead" }));
  await user.click(await screen.findByRole("menuitem", { name: "Delete…" }));
  const question = await screen.findByRole("alertdialog", { name: "Delete “Known lead”?" });
  expect(server.callsTo("DELETE /flows/flw_1/tests/tst_1")).toEqual([]);
  server.answers["GET /flows/flw_1/tests"] = { tests: [] };
  await user.click(within(question).getByRole("button", { name: "Delete test" }));
  await waitFor(() => expect(drawer).toHaveTextContent("No tests yet"));
  await waitFor(() => expect(within(drawer).getByRole("heading", { name: "Tests" })).toHaveFocus());
});

it("that fails on this draft is named where the draft is published", async () => {
  const last = { passed: false, at: startedAt, revision: 3 };
  const { user } = await openEditor(plainFlow, {
    more: { "GET /flows/flw_1/tests": { tests: [summary("tst_1", "Known lead", last), summary("tst_2", "New lead")] } },
  });
  await user.click(screen.getByRole("button", { name: "Publish" }));
  const dialog = await screen.findByRole("dialog", { name: /Publish/ });
  expect(await within(dialog).findByText(/1 of 2 tests fails on this draft/)).toBeInTheDocument();
  await user.click(within(dialog).getByRole("button", { name: "See the tests" }));
  expect(await screen.findByRole("region", { name: "Tests" })).toHaveTextContent("Known lead");
  expect(screen.queryByRole("dialog")).toBeNull();
});
