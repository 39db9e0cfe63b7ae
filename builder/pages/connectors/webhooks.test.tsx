import { screen, waitFor, within } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import axe from "axe-core";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { ConnectorDraft } from "../../../shared/connector/connector.ts";
import type { Endpoint } from "../../../shared/connector/endpoint.ts";
import type { IncomingWebhook } from "../../../shared/connector/incoming-webhook.ts";
import { providerNamed } from "../../../shared/event/providers/providers.ts";
import { recipeOfZoomFields } from "../../../shared/event/zoom-fields.ts";
import { fakeEventSource } from "../../testing/fake-event-source.ts";
import { type Call, fakeServer, Refused } from "../../testing/fake-server.ts";
import { renderApp } from "../../testing/render-app.tsx";
import { sampleConnector } from "../../testing/sample-connector.ts";

const session = {
  person: { id: "usr_1", name: "Ada", email: "ada@example.com", role: "administrator" },
  workspace: { id: "wsp_1", name: "Workshop" },
};
const subscribe: Endpoint = {
  key: "subscribe",
  name: "Create a hook",
  method: "POST",
  path: "/hooks",
  parameters: [
    { key: "url", name: "Target", in: "body", type: "string", required: true },
    { key: "events", name: "Events", in: "body", type: "array", required: true },
  ],
};
const unsubscribe: Endpoint = {
  key: "unsubscribe",
  name: "Delete a hook",
  method: "DELETE",
  path: "/hooks/{id}",
  parameters: [{ key: "id", name: "Id", in: "path", type: "string", required: true }],
};
const signed = recipeOfZoomFields({ key: "x-signature", prefix: "", algorithm: "sha256" });
const leads: IncomingWebhook = {
  key: "leads",
  name: "Leads",
  kind: "static",
  recipe: signed,
  secretOrigin: "definition",
  challenges: [],
};

afterEach(() => vi.unstubAllGlobals());

function open(document: Partial<ConnectorDraft> = {}, more: Record<string, unknown> = {}) {
  fakeEventSource();
  const { loaded, edits, answers } = sampleConnector(document);
  const standing = { vouched: false, secretSetAt: null as number | null };
  const server = fakeServer({
    "GET /session": session,
    "GET /connections": { connections: [] },
    "GET /connectors/tracker/webhooks": () => ({
      vouched: standing.vouched,
      webhooks: loaded.document.incomingWebhooks.map(({ key: webhook, kind }) => ({
        webhook,
        secretSetAt: standing.secretSetAt,
        globalUrl: kind === "global" ? "https://patchbay.example/hooks/global-1" : null,
      })),
    }),
    ...answers,
    ...more,
  });
  const { container } = renderApp("/connectors/tracker?section=webhooks");
  return { server, loaded, edits, standing, container };
}

const press = async (name: string) => userEvent.click(await screen.findByRole("button", { name }));
const choose = (label: string, option: string) => userEvent.selectOptions(screen.getByRole("combobox", { name: label }), option);
async function write(label: string, text: string): Promise<void> {
  const field = screen.getByLabelText(new RegExp(`^${label}`));
  await userEvent.clear(field);
  await userEvent.click(field);
  await userEvent.paste(text);
}
async function begin(name: string): Promise<void> {
  await press("Add incoming webhook");
  await screen.findByRole("form");
  await write("Webhook name", name);
}
async function axeProblems(container: HTMLElement) {
  const { violations } = await axe.run(container, { rules: { "color-contrast": { enabled: false } } });
  return violations.map(({ id, nodes }) => [id, nodes[0]?.html]);
}

describe("a static webhook", () => {
  it("keeps its form as it is while the key is no header's name, and takes no algorithm then either", async () => {
    open();
    await begin("Contact events");
    await choose("Sender", "Another: by its signature fields");
    await write("Key", "two words");
    expect(screen.getByRole("textbox", { name: /^Key/ })).toBeInvalid();
    expect(screen.getByRole("combobox", { name: /^Where it comes from/ })).toBeVisible();
    await choose("Hash algorithm", "None: a shared token");
    expect(screen.getByRole("button", { name: "Save incoming webhook" })).toBeDisabled();
    await choose("Where it comes from", "One for all, set here");
    expect(screen.getByRole("button", { name: "Save incoming webhook" })).toBeDisabled();
    await write("Key", "x-token");
    expect(screen.getByRole("button", { name: "Save incoming webhook" })).toBeEnabled();
  });

  it("is made by Zoom's five fields, and its secret goes in and never comes back", async () => {
    const { server, loaded, standing, container } = open(
      {},
      {
        "PUT /connectors/tracker/webhooks/contact-events/secret": () => {
          standing.secretSetAt = Date.now();
          return { secret: null, setAt: standing.secretSetAt };
        },
      },
    );
    await begin("Contact events");
    await choose("Sender", "Another: by its signature fields");
    await write("Key", "zoom_signature");
    await write("Prefix", "x-");
    await choose("Hash algorithm", "SHA-512");
    await choose("Encoding", "Base64");
    await choose("Where it comes from", "One for all, set here");
    await write("The sender's secret", "hunter2");
    await userEvent.click(screen.getByRole("checkbox", { name: "The sender validates the URL" }));
    await write("Challenge key", "payload.token");
    await write("Challenge response", "plainToken");
    expect(await axeProblems(container)).toEqual([]);
    await press("Save incoming webhook");
    const row = await screen.findByTestId("webhook-row");
    expect(row).toHaveTextContent(/HMAC SHA512, base64, in x-zoom_signature.*set just now/);
    const [made] = loaded.document.incomingWebhooks;
    expect(made).toMatchObject({
      key: "contact-events",
      kind: "static",
      secretOrigin: "definition",
      recipe: recipeOfZoomFields({ key: "zoom_signature", prefix: "x-", algorithm: "sha512", encoding: "base64" }),
    });
    expect(made?.challenges[0]?.when.match).toEqual([{ at: { in: "body", path: "payload.token" } }]);
    expect(server.callsTo("PUT /connectors/tracker/webhooks/contact-events/secret")[0]?.body).toEqual({
      secret: { given: "hunter2" },
      overlapMs: 0,
    });
    expect(await axeProblems(container)).toEqual([]);
    await userEvent.click(screen.getByRole("button", { name: "Contact events" }));
    expect(await screen.findByLabelText(/^Challenge response/)).toHaveValue("plainToken");
    expect(await screen.findByRole("button", { name: "Replace" })).toBeVisible();
    expect(screen.queryByDisplayValue("hunter2")).toBeNull();
  });

  it("signs, asks and is answered as a provider of the library does, in words", async () => {
    const { loaded } = open();
    await begin("Messages");
    await choose("Sender", "Slack");
    expect(screen.getByRole("list", { name: "Challenges" })).toHaveTextContent(/url_verification.*only when signed/);
    await press("Save incoming webhook");
    await screen.findByTestId("webhook-row");
    const slack = providerNamed("slack");
    expect(loaded.document.incomingWebhooks).toEqual([
      expect.objectContaining({ provider: "slack", recipe: slack?.recipe, challenges: slack?.challenges, secretOrigin: "given" }),
    ]);
  });

  it("shows a secret once that was generated for it", async () => {
    open(
      { incomingWebhooks: [leads] },
      {
        "PUT /connectors/tracker/webhooks/leads/secret": ({ body }: Call) => ({
          secret: `made-${JSON.stringify(body).length}`,
          setAt: 1,
        }),
      },
    );
    expect(await screen.findByText("not set yet: everything that comes is refused")).toBeVisible();
    await press("Leads");
    await userEvent.click(await screen.findByRole("radio", { name: "Generate" }));
    await press("Save incoming webhook");
    expect(await screen.findByText(/^made-/)).toBeVisible();
    await press("Add incoming webhook");
    await press("Cancel");
    expect(screen.queryByText(/^made-/)).toBeNull();
  });

  it("stays in its form when its secret is of no use, and says why", async () => {
    const { loaded } = open(
      { incomingWebhooks: [leads] },
      {
        "PUT /connectors/tracker/webhooks/leads/secret": new Refused(400, "bad_request", "secret: it is not Base64"),
      },
    );
    await press("Leads");
    await screen.findByRole("form");
    await write("The sender's secret", "äöü");
    await press("Save incoming webhook");
    expect(await screen.findByText(/Everything else is saved.*it is not Base64/)).toBeVisible();
    expect(loaded.document.incomingWebhooks).toHaveLength(1);
  });

  it("is deleted only while no trigger uses it", async () => {
    const { loaded } = open({
      incomingWebhooks: [leads, { ...leads, key: "other", name: "Other" }],
      triggers: [
        {
          key: "new-lead",
          name: "New lead",
          description: "",
          places: ["flows"],
          form: [],
          source: { kind: "webhook", webhook: "leads", filters: [] },
        },
      ],
    });
    await press("Actions for Leads");
    expect(await screen.findByRole("menuitem", { name: "Delete: a trigger uses it" })).toHaveAttribute("aria-disabled", "true");
    await userEvent.keyboard("{Escape}");
    await press("Actions for Other");
    await userEvent.click(await screen.findByRole("menuitem", { name: "Delete" }));
    await press("Delete incoming webhook");
    await waitFor(() => expect(loaded.document.incomingWebhooks.map(({ key }) => key)).toEqual(["leads"]));
  });
});

describe("a RESThook", () => {
  it("calls two endpoints, and what is missing is said beside its field", async () => {
    const { loaded, container } = open({ endpoints: [subscribe, unsubscribe] });
    await begin("Hook");
    await choose("Type", "RESThook");
    expect(screen.getByRole("button", { name: "Save incoming webhook" })).toBeDisabled();
    expect(screen.getByText("Choose the endpoint that subscribes.")).toBeVisible();
    await choose("Subscribe endpoint", "Create a hook · POST /hooks");
    await userEvent.click(screen.getByRole("textbox", { name: "Target" }));
    await press("{{hook.url}}");
    expect(screen.getByRole("textbox", { name: "Target" })).toHaveValue("{{hook.url}}");
    await write("Events", '["lead.*"]');
    await write("Subscription id", "data.id");
    await choose("Unsubscribe endpoint", "Delete a hook · DELETE /hooks/{id}");
    await press("Save incoming webhook");
    const id = screen.getByRole("textbox", { name: "Id" });
    await waitFor(() => expect(id).toBeInvalid());
    expect(id).toHaveAccessibleDescription('"Id" is required by "Delete a hook"');
    expect(id).toHaveFocus();
    await press("{{subscription.id}}");
    expect(await axeProblems(container)).toEqual([]);
    await press("Save incoming webhook");
    expect(await screen.findByTestId("webhook-row")).toHaveTextContent("RESThook");
    expect(loaded.document.incomingWebhooks[0]?.resthook).toEqual({
      subscribe: { endpoint: "subscribe", inputs: { url: "{{hook.url}}", events: ["lead.*"] }, idPath: "data.id" },
      unsubscribe: { endpoint: "unsubscribe", inputs: { id: "{{subscription.id}}" } },
    });
  });

  it("needs its endpoints first, and leads there", async () => {
    open();
    await begin("Hook");
    await choose("Type", "RESThook");
    const link = within(screen.getByRole("region", { name: "Subscription" })).getByRole("link", { name: "Endpoints" });
    expect(link).toHaveAttribute("href", "/connectors/tracker?section=endpoints");
  });

  it("offers the origins of a secret that can be, and a place for one that comes with the answer", async () => {
    open({ endpoints: [subscribe, unsubscribe] });
    await begin("Hook");
    const origins = () =>
      [...screen.getByRole("combobox", { name: "Where it comes from" }).children].map((each) => each.textContent);
    expect(origins()).toEqual([
      "Generated for each subscription",
      "Given by whoever sets up the trigger",
      "One for all, set here",
    ]);
    await choose("Type", "RESThook");
    expect(origins()).toEqual(["Generated for each subscription", "In the answer to subscribe", "One for all, set here"]);
    await choose("Sender", "Asana");
    expect(origins()).toContain("Sent in a challenge");
    await choose("Where it comes from", "In the answer to subscribe");
    await choose("Subscribe endpoint", "Create a hook · POST /hooks");
    expect(screen.getByRole("textbox", { name: "Secret" })).toBeRequired();
  });
});

describe("a single global URL", () => {
  it("is there only for a connector that an administrator vouches for, and is made with the webhook", async () => {
    const { server, standing, loaded } = open(
      {},
      {
        "PUT /connectors/tracker/vouched": () => {
          standing.vouched = true;
          return {};
        },
        "POST /connectors/tracker/webhooks/all-events/global": { url: "https://patchbay.example/hooks/global-1" },
      },
    );
    await begin("All events");
    const types = () => [...screen.getByRole("combobox", { name: "Type" }).children].map((each) => each.textContent);
    expect(types()).toEqual(["Static webhook URL", "RESThook"]);
    await userEvent.click(screen.getByText("Why is there no single global URL?"));
    await userEvent.click(screen.getByRole("checkbox", { name: /This connector is ours/ }));
    await waitFor(() => expect(types()).toContain("Single global URL"));
    expect(server.callsTo("PUT /connectors/tracker/vouched")[0]?.body).toEqual({ vouched: true });
    await choose("Type", "Single global URL");
    await write("Value in the event", "team.id");
    await write("Field of the trigger", "team");
    // The server knows that it is vouched for.
    server.answers["PATCH /connectors/tracker"] = ({ body }: Call) => {
      const { edit } = body as { edit: { webhook: IncomingWebhook } };
      loaded.document.incomingWebhooks = [edit.webhook];
      return { revision: ++loaded.revision };
    };
    await press("Save incoming webhook");
    expect(await screen.findByText("https://patchbay.example/hooks/global-1")).toBeVisible();
    expect(loaded.document.incomingWebhooks[0]).toMatchObject({
      secretOrigin: "definition",
      routing: { path: "team.id", input: "team" },
    });
  });
});
