import { cleanup, screen, within } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { afterEach, expect, it, vi } from "vitest";
import { FlowSettings } from "../../../shared/flow/flow-settings.ts";
import { fakeServer } from "../../testing/fake-server.ts";
import { renderPart } from "../../testing/render-app.tsx";
import FlowSettingsDialog from "./flow-settings-dialog.tsx";

afterEach(() => vi.unstubAllGlobals());

const flows = [
  { id: "flw_1", name: "Itself", version: 1, startable: true },
  { id: "flw_2", name: "Alarm", version: 1, startable: true },
  { id: "flw_3", name: "Draft", version: null, startable: false },
  { id: "flw_4", name: "Hooked", version: 2, startable: false },
];
function show(settings: FlowSettings = {}, known = flows) {
  fakeServer({ "GET /flows": { flows: known } });
  const saved = vi.fn();
  renderPart(<FlowSettingsDialog flow="flw_1" settings={settings} onSave={saved} onClose={() => {}} />);
  const save = async (): Promise<FlowSettings> => {
    await userEvent.click(screen.getByRole("button", { name: "Save" }));
    return FlowSettings.parse(saved.mock.lastCall?.[0]);
  };
  return { save };
}
const field = (name: string) => screen.getByRole("textbox", { name });

it("sets what holds for all runs, as one change", async () => {
  const { save } = show();
  await screen.findByRole("option", { name: "Alarm" });
  await userEvent.selectOptions(screen.getByRole("combobox", { name: /When a run fails/ }), "flw_2");
  await userEvent.click(screen.getByRole("checkbox", { name: /Limit how many/ }));
  await userEvent.clear(field("Runs at a time"));
  await userEvent.type(field("Runs at a time"), "3");
  await userEvent.type(field("For each"), "{{{{trigger.body.customer}}");
  await userEvent.selectOptions(screen.getByRole("combobox", { name: /finds no place/ }), "drop");
  await userEvent.type(field("Keep ended runs (days)"), "30");
  await userEvent.type(field("Most steps of a run"), "1000");
  await userEvent.type(field("Longest duration of a run"), "2");
  expect(await save()).toEqual({
    errorFlow: "flw_2",
    concurrency: { limit: 3, key: "{{trigger.body.customer}}", whenFull: "drop" },
    retentionDays: 30,
    maxSteps: 1_000,
    maxDurationMs: 120_000,
  });
});

it("takes settings away again", async () => {
  const { save } = show({ concurrency: { limit: 2, whenFull: "queue" }, retentionDays: 7, errorFlow: "flw_9" });
  await userEvent.click(screen.getByRole("checkbox", { name: /Limit how many/ }));
  await userEvent.clear(field("Keep ended runs (days)"));
  await userEvent.selectOptions(screen.getByRole("combobox", { name: /When a run fails/ }), "");
  expect(await save()).toEqual({});
});

function offered() {
  const choice = within(screen.getByRole("combobox", { name: /When a run fails/ }));
  return choice.getAllByRole("option").map((option) => option.textContent);
}

it("offers the flows that can be started when a run fails, and says what keeps the chosen one from it", async () => {
  show();
  await screen.findByRole("option", { name: "Alarm" });
  expect(offered()).toEqual(["No other flow", "Alarm"]);
  cleanup();
  show({ errorFlow: "flw_3" });
  expect(await screen.findByRole("option", { name: "Draft (not published)", selected: true })).toBeInTheDocument();
  cleanup();
  show({ errorFlow: "flw_4" });
  expect(await screen.findByRole("option", { name: "Hooked (has no manual or API trigger)", selected: true })).toBeVisible();
  cleanup();
  show({ errorFlow: "flw_9" });
  expect(await screen.findByRole("option", { name: "A flow that does not exist any more", selected: true })).toBeVisible();
  cleanup();
  show({ errorFlow: "flw_1" });
  expect(await screen.findByRole("option", { name: "Itself", selected: true })).toBeVisible();
});

it("says what is needed where no flow can be started", async () => {
  show({}, flows.slice(2));
  expect(await screen.findByText(/^There is no other flow that could be started: it must be published/)).toBeVisible();
  expect(offered()).toEqual(["No other flow"]);
});
