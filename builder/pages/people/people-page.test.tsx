import { screen, waitFor, within } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { fakeEventSource } from "../../testing/fake-event-source.ts";
import { fakeServer, Refused } from "../../testing/fake-server.ts";
import { renderApp } from "../../testing/render-app.tsx";

const ada = { id: "usr_1", name: "Ada", email: "ada@example.com", role: "administrator" };
const eve = { id: "usr_2", name: "Eve", email: "eve@example.com", role: "user" };
const session = { person: ada, workspace: { id: "wsp_1", name: "Workshop" } };
const invitation = { id: "inv_1", role: "user", note: "for Eve", createdAt: 1, expiresAt: 2 };

beforeEach(() => void fakeEventSource());
afterEach(() => vi.unstubAllGlobals());

describe("the people of a workspace", () => {
  it("are invited by a link that is shown once", async () => {
    const url = "http://p.example/invitation?token=once";
    const server = fakeServer({
      "GET /session": session,
      "GET /people": { people: [{ ...ada, joinedAt: 1 }], invitations: [] },
      "POST /invitations": { invitation, url },
    });
    renderApp("/people");
    await userEvent.click(await screen.findByRole("button", { name: "Invite" }));
    const dialog = screen.getByRole("dialog", { name: "Invite somebody" });
    await userEvent.selectOptions(within(dialog).getByRole("combobox", { name: "Role" }), "Administrator");
    await userEvent.click(within(dialog).getByRole("button", { name: "Create link" }));
    expect(await within(dialog).findByText(url)).toBeVisible();
    expect(server.callsTo("POST /invitations")[0]?.body).toEqual({ role: "administrator", note: "" });
    await userEvent.click(within(dialog).getByRole("button", { name: "Done" }));
    expect(screen.queryByText(url)).toBeNull();
  });

  it("change their role, and the refusal for the last administrator is told", async () => {
    const server = fakeServer({
      "GET /session": session,
      "GET /people": {
        people: [
          { ...ada, joinedAt: 1 },
          { ...eve, joinedAt: 1 },
        ],
        invitations: [invitation],
      },
      "PATCH /people/usr_1": new Refused(409, "conflict", "a workspace needs an administrator"),
    });
    renderApp("/people");
    await userEvent.click(await screen.findByRole("button", { name: "Actions for Ada" }));
    await userEvent.click(await screen.findByRole("menuitem", { name: "Make a user" }));
    await waitFor(() => expect(server.callsTo("PATCH /people/usr_1")[0]?.body).toEqual({ role: "user" }));
    expect(screen.getByText("for Eve", { exact: false })).toBeVisible();
  });

  it("are no matter of users: their navigation has no such place", async () => {
    fakeServer({ "GET /session": { ...session, person: eve }, "GET /connections": { connections: [] } });
    renderApp("/connections");
    expect(await screen.findByRole("link", { name: "Connections" })).toBeVisible();
    expect(screen.queryByRole("link", { name: "People" })).toBeNull();
  });
});

describe("an invitation", () => {
  it("makes the account and signs in", async () => {
    const server = fakeServer({
      "POST /invitation/preview": { workspace: "Workshop", role: "user" },
      "POST /invitation": { ...session, person: eve },
      "GET /session": { ...session, person: eve },
    });
    const { router } = renderApp("/invitation?token=once");
    await userEvent.type(await screen.findByRole("textbox", { name: "Your name" }), "Eve");
    await userEvent.type(screen.getByRole("textbox", { name: "E-mail" }), "eve@example.com");
    await userEvent.type(screen.getByLabelText(/^Password/), "a long password");
    await userEvent.click(screen.getByRole("button", { name: "Join" }));
    await waitFor(() => expect(router.state.location.pathname).toBe("/"));
    expect(server.callsTo("POST /invitation")[0]?.body).toEqual({
      token: "once",
      name: "Eve",
      email: "eve@example.com",
      password: "a long password",
    });
  });

  it("that was used says so", async () => {
    fakeServer({ "POST /invitation/preview": new Refused(403, "forbidden", "used") });
    renderApp("/invitation?token=used");
    expect(await screen.findByRole("heading", { name: "This invitation is not good" })).toBeVisible();
  });
});
