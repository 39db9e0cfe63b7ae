import { screen, within } from "@testing-library/react";
import { expect, it } from "vitest";
import { fakeEventSource } from "../../testing/fake-event-source.ts";
import { fakeServer } from "../../testing/fake-server.ts";
import { renderApp } from "../../testing/render-app.tsx";

const session = {
  person: { id: "usr_1", name: "Ada", email: "ada@example.com", role: "administrator" },
  workspace: { id: "wsp_1", name: "Ours" },
};
const place = { run: "run_1", flow: { id: "flw_1", name: "Pay" }, since: 1 };
const approval = { ...place, kind: "approval", token: "abc", until: Date.now() + 3_600_000 };

it("the runs page leads to what waits for whoever looks, also in an iteration", async () => {
  fakeEventSource();
  fakeServer({
    "GET /session": session,
    "GET /flows": { flows: [] },
    "GET /runs": { runs: [], next: null },
    "GET /waits": {
      waits: [
        { ...approval, step: "may", title: "Pay Mira?" },
        { ...approval, step: "each[2]", title: "And Ben?" },
        { ...place, kind: "outcome", step: "pay[2]", title: "Pay" },
      ],
    },
  });
  renderApp("/runs");
  const list = within(await screen.findByRole("region", { name: "Waiting for you" }));
  expect(list.getByRole("link", { name: "Pay Mira?" })).toHaveAttribute("href", "/runs/run_1?step=may");
  expect(list.getByRole("link", { name: "And Ben?" })).toHaveAttribute("href", "/runs/run_1?step=each%5B2%5D");
  expect(list.getByRole("link", { name: "Pay: was it performed?" })).toHaveAttribute("href", "/runs/run_1?step=pay%5B2%5D");
});
