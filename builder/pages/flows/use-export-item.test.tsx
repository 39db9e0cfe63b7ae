import { render, screen, waitFor } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { fakeEventSource } from "../../testing/fake-event-source.ts";
import { fakeServer, Refused } from "../../testing/fake-server.ts";
import { openEditor, plainFlow } from "../../testing/open-editor.tsx";
import { renderPart } from "../../testing/render-app.tsx";
import { flow } from "../../testing/sample-run.ts";
import Toaster from "../../ui/toaster.tsx";
import { FlowSwitch } from "./flow-switch.tsx";

vi.setConfig({ testTimeout: 20_000 });
beforeEach(() => {
  fakeEventSource();
  render(<Toaster />);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

/** What the browser was given to keep: jsdom has no downloads. */
function watchDownloads() {
  const blobs: Blob[] = [];
  const kept: { name: string; blob: Blob | undefined }[] = [];
  Object.assign(URL, { createObjectURL: (blob: Blob) => `blob:${blobs.push(blob)}`, revokeObjectURL: () => {} });
  vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(function (this: HTMLAnchorElement) {
    kept.push({ name: this.download, blob: blobs.at(-1) });
  });
  return kept;
}

async function chooseExport(user: ReturnType<typeof userEvent.setup>) {
  await user.click(screen.getByRole("button", { name: `More for ${flow.name}` }));
  await user.click(await screen.findByRole("menuitem", { name: "Export as file" }));
}

it("gives the draft's file as the server wrote it, and says that samples are in it", async () => {
  const text = '{\n  "name": "Zoë’s leads",\n  "patchbay": "flow"\n}\n';
  const kept = watchDownloads();
  const { user } = await openEditor(plainFlow, {
    more: { "GET /flows/flw_1/export": { fileName: "zoes-leads.flow.json", text, file: {} } },
  });
  await chooseExport(user);
  expect(await screen.findByText("The samples of its steps are part of the file.")).toBeInTheDocument();
  expect(kept.map(({ name }) => name)).toEqual(["zoes-leads.flow.json"]);
  expect(await kept[0]?.blob?.text()).toBe(text);
});

it("says why there is no file", async () => {
  const kept = watchDownloads();
  const { user } = await openEditor(plainFlow, {
    more: { "GET /flows/flw_1/export": new Refused(503, "unavailable", "the database is busy") },
  });
  await chooseExport(user);
  expect(await screen.findByText("The server cannot do it now: the database is busy.")).toBeInTheDocument();
  expect(kept).toEqual([]);
});

it("waits until the draft is saved, which may be one that was never published", async () => {
  const kept = watchDownloads();
  const user = userEvent.setup();
  const server = fakeServer({ "GET /flows/flw_1/export": { fileName: "a.flow.json", text: "{}", file: {} } });
  const answers = [false, true];
  const saveFirst = vi.fn(async () => answers.shift() ?? false);
  renderPart(<FlowSwitch flow={{ ...flow, state: "draft", version: null }} saveFirst={saveFirst} />);
  await chooseExport(user);
  await waitFor(() => expect(saveFirst).toHaveBeenCalledTimes(1));
  await chooseExport(user);
  await waitFor(() => expect(kept).toHaveLength(1));
  expect(server.callsTo("GET /flows/flw_1/export")).toHaveLength(1);
});
