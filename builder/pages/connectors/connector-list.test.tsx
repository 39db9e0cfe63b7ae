import { screen, waitFor, within } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { fakeEventSource } from "../../testing/fake-event-source.ts";
import { fakeServer } from "../../testing/fake-server.ts";
import { violations } from "../../testing/open-editor.tsx";
import { renderApp } from "../../testing/render-app.tsx";
import { session } from "../../testing/sample-run.ts";

afterEach(() => vi.unstubAllGlobals());

const listed = (name: string, more: object) => ({
  key: name.toLowerCase(),
  name,
  description: "",
  origin: "custom",
  auth: "API key",
  endpoints: [],
  connections: 0,
  flows: 0,
  updatedAt: 0,
  missing: [],
  ...more,
});
const connectors = [
  listed("Bound", {
    flows: 2,
    category: "Sales / CRM",
    logo: { sha256: "b".repeat(64), media: "image/png", width: 420, height: 120 },
  }),
  listed("Drafted", { missing: ["a base URL", "an endpoint"] }),
  listed("Kept", { installed: 3, missing: ["one passed test"], listed: true, inReview: true }),
  listed("Prepared", {}),
  listed("Shipped", { origin: "built-in", missing: undefined }),
];
let server: ReturnType<typeof fakeServer>;
beforeEach(() => {
  fakeEventSource();
  server = fakeServer({
    "GET /session": session,
    "GET /connectors": { connectors, redirectUrl: "" },
    "GET /connections": { connections: [] },
    "DELETE /connectors/drafted": {},
    "GET /connectors/prepared": {
      origin: "custom",
      revision: 1,
      sandbox: false,
      oauthClient: null,
      redirectUrl: "",
      tests: [],
      document: {
        schemaVersion: 1,
        key: "prepared",
        name: "Prepared",
        description: "",
        baseUrl: "https://prepared.example",
        auth: { kind: "bearer" },
        endpoints: [],
        incomingWebhooks: [],
      },
    },
  });
});
const rows = () => screen.findAllByTestId("connector-row");
const choose = async (name: string, item: string) => {
  await userEvent.click(screen.getByRole("button", { name: `Actions for ${name}` }));
  await userEvent.click(await screen.findByRole("menuitem", { name: item }));
};

it("connectors are listed with their state, and what a draft misses", async () => {
  renderApp("/connectors");
  const [bound, drafted, kept, prepared, shipped] = await rows();
  expect(bound).toHaveTextContent(/Bound.*In use.*Sales \/ CRM/);
  expect(bound?.querySelector("img")).toHaveAttribute("src", `/api/v1/logos/${"b".repeat(64)}`);
  expect(drafted).toHaveTextContent("needs a base URL +1");
  expect(
    within(drafted as HTMLElement)
      .getByText("Draft")
      .closest("[data-tip]"),
  ).toHaveAttribute("data-tip", "Draft: no flow can use it yet. Draft needs: a base URL, an endpoint");
  expect(kept).toHaveTextContent(/Added.*Published.*In review.*needs one passed test/);
  expect(
    within(kept as HTMLElement)
      .getByText("Added")
      .closest("[data-tip]"),
  ).toHaveAttribute("data-tip", expect.stringContaining("can use version 3. Published: the marketplace lists it. In review:"));
  expect(prepared).toHaveTextContent("Ready");
  expect(prepared).not.toHaveTextContent(/Added|Published|In review/);
  expect(shipped).toHaveTextContent("Built in");
  expect(await violations()).toEqual([]);
});

it("connectors are found by what is typed, and a search that finds none says so", async () => {
  renderApp("/connectors");
  await rows();
  const search = screen.getByRole("searchbox", { name: "Search data connectors" });
  await userEvent.type(search, "crm");
  expect(screen.getAllByTestId("connector-row")).toHaveLength(1);
  await userEvent.type(search, "x");
  expect(screen.getByText("No data connector fits “crmx”.")).toBeVisible();
});

it("a row's Actions menu connects, opens and deletes", async () => {
  const { router } = renderApp("/connectors");
  await rows();
  await choose("Prepared", "Connect");
  expect(await screen.findByRole("dialog", { name: "Connect Prepared" })).toBeVisible();
  await userEvent.click(screen.getByRole("button", { name: "Cancel" }));
  await choose("Drafted", "Delete");
  await userEvent.click(screen.getByRole("button", { name: "Delete connector" }));
  await waitFor(() => expect(server.callsTo("DELETE /connectors/drafted")).toHaveLength(1));
  await waitFor(() => expect(screen.queryByRole("alertdialog")).toBeNull());
  await choose("Prepared", "Open");
  await waitFor(() => expect(router.state.location.pathname).toBe("/connectors/prepared"));
});

it("users see and connect, and are not offered what administrators do", async () => {
  server.answers["GET /session"] = { ...session, person: { ...session.person, role: "user" } };
  renderApp("/connectors");
  await rows();
  expect(screen.queryByRole("link", { name: "Create data connector" })).toBeNull();
  expect(screen.queryByRole("link", { name: "Develop" })).toBeNull();
  await userEvent.click(screen.getByRole("button", { name: "Actions for Prepared" }));
  expect((await screen.findAllByRole("menuitem")).map(({ textContent }) => textContent)).toEqual(["Connect", "Open"]);
});

it("a built-in connector is not deleted, whoever asks", async () => {
  renderApp("/connectors");
  await rows();
  await userEvent.click(screen.getByRole("button", { name: "Actions for Shipped" }));
  expect((await screen.findAllByRole("menuitem")).map(({ textContent }) => textContent)).toEqual(["Connect", "Open"]);
});
