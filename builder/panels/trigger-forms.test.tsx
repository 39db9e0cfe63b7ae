import { act, screen } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { useState } from "react";
import { expect, it, vi } from "vitest";
import type { FormField } from "../../shared/flow/form-field.ts";
import { fakeServer, Refused } from "../testing/fake-server.ts";
import { renderPart } from "../testing/render-app.tsx";
import { FormFieldsEditor } from "./form-fields-editor.tsx";
import { HookSettings } from "./hook-settings.tsx";
import { ScheduleTriggerForm } from "./schedule-form.tsx";

let fields: FormField[] = [];
function FormOf({ start }: { start: FormField[] }) {
  const [now, setNow] = useState(start);
  fields = now;
  return <FormFieldsEditor fields={now} problems={{}} disabled={false} onChange={setNow} />;
}

it("a form's field keeps what a flow cannot hold to itself, and says why", async () => {
  fakeServer({});
  renderPart(<FormOf start={[{ key: "email", name: "E-mail", type: "text", required: false }]} />);
  const key = screen.getByRole("textbox", { name: "Key" });
  await userEvent.type(key, " 2");
  expect(key).toHaveValue("email 2");
  expect(key).toHaveAccessibleDescription(/letters, digits, _ and -/);
  expect(fields[0]?.key).toBe("email");
  await userEvent.clear(screen.getByRole("textbox", { name: "Label" }));
  expect(screen.getByText("enter a label")).toBeVisible();
  expect(fields[0]?.name).toBe("E-mail");
  await userEvent.clear(key);
  await userEvent.type(key, "mail");
  await userEvent.type(screen.getByRole("textbox", { name: "Label" }), "Mail");
  expect(key).toBeValid();
  expect(fields[0]).toMatchObject({ key: "mail", name: "Mail" });
});

it("a cron expression that names no time is refused at its field", async () => {
  const message = 'schedule.expression: "99 * * * *" cannot be read: Invalid value for minute: 99';
  fakeServer({ "GET /triggers/next-firings": new Refused(400, "bad_request", message) });
  const schedule = { kind: "cron" as const, expression: "99 * * * *", timeZone: "UTC" };
  const node = {
    id: "at",
    name: "At",
    kind: "schedule-trigger" as const,
    schedule,
    misfire: "once" as const,
    position: { x: 0, y: 0 },
  };
  const document = { schemaVersion: 1 as const, nodes: [node], edges: [] };
  const context = {} as Parameters<typeof ScheduleTriggerForm>[0]["context"];
  renderPart(
    <ScheduleTriggerForm
      {...{ flow: "flw_1", document, node, context }}
      roots={[]}
      problems={{}}
      disabled={false}
      onChange={() => {}}
    />,
  );
  const field = screen.getByRole("textbox", { name: "Cron expression" });
  await vi.waitFor(() => expect(field).toBeInvalid());
  expect(field).toHaveAccessibleDescription('"99 * * * *" cannot be read: Invalid value for minute: 99');
  expect(screen.getByRole("region", { name: "Next times" })).toHaveTextContent("the cron expression names no time");
});

const hook = {
  id: "hook_1",
  url: "http://p.example/hooks/hook_1",
  node: "call",
  kind: "static",
  needsSecret: true,
  secretSetAt: 1,
  recipe: "shared token in authorization",
  settings: {},
};
const detail = {
  ...hook,
  state: "active",
  reason: null,
  previousUntil: null,
  expiresAt: null,
  sheet: false,
  listener: { state: "listening", reason: "Events start the published version." },
};

it("an API trigger shows a call that can be copied, and never a token in it", async () => {
  fakeServer({
    "GET /flows/flw_1": { flow: { id: "flw_1" }, version: null, hooks: [hook] },
    "GET /hooks/hook_1": { hook: { ...detail, history: [] } },
  });
  renderPart(<HookSettings flow="flw_1" node="call" api problem={undefined} readOnly={false} />);
  const curl = await screen.findByTestId("api-curl");
  expect(curl).toHaveTextContent(`curl -X POST '${hook.url}' \\ -H "Authorization: Bearer $TOKEN"`);
});

it("what happens to a hook while its history is shown is never said to lie ahead", async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  const begun = Date.now();
  const history = [{ at: begun - 60_000, step: "secret-set", message: null }];
  fakeServer({
    "GET /flows/flw_1": () => ({ flow: { id: "flw_1" }, version: null, hooks: [hook] }),
    "GET /hooks/hook_1": () => ({ hook: { ...detail, history } }),
  });
  renderPart(<HookSettings flow="flw_1" node="call" problem={undefined} readOnly={false} />);
  await screen.findByText("Secret set");
  history.unshift({ at: begun + 4_000, step: "challenge-answered", message: null });
  await act(() => vi.advanceTimersByTimeAsync(6_000));
  expect(await screen.findByText("Challenge answered")).toBeVisible();
  expect(screen.getByRole("region", { name: "History" })).toHaveTextContent("just nowChallenge answered1 min ago");
});
