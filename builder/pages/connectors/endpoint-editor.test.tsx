import { screen, waitFor, within } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Endpoint } from "../../../shared/connector/endpoint.ts";
import { fakeEventSource } from "../../testing/fake-event-source.ts";
import { fakeServer } from "../../testing/fake-server.ts";
import { renderApp } from "../../testing/render-app.tsx";
import { sampleConnection, sampleConnector } from "../../testing/sample-connector.ts";

afterEach(() => vi.unstubAllGlobals());

const create: Endpoint = {
  key: "create",
  name: "Create issue",
  method: "POST",
  path: "/projects/{project}/issues",
  parameters: [
    { key: "project", name: "Project", in: "path", type: "string", required: true },
    { key: "title", name: "Title", in: "body", type: "string", required: true },
  ],
};
const list: Endpoint = {
  key: "list",
  name: "List issues",
  method: "GET",
  path: "/issues",
  parameters: [{ key: "after", name: "After", in: "query", type: "string", required: false }],
  responseSample: { data: [{ id: 1 }], next: "x" },
};

async function open(endpoint: Endpoint) {
  fakeEventSource();
  const sample = sampleConnector({ baseUrl: "https://tracker.example/api/", endpoints: [endpoint] });
  fakeServer({
    "GET /session": {
      person: { id: "usr_1", name: "Ada", email: "ada@example.com", role: "administrator" },
      workspace: { id: "wsp_1", name: "Workshop" },
    },
    "GET /connections": { connections: [sampleConnection()] },
    ...sample.answers,
  });
  renderApp(`/connectors/tracker?section=endpoints&endpoint=${endpoint.key}`);
  await screen.findByRole("textbox", { name: "Endpoint path" });
  return { saved: () => sample.loaded.document.endpoints[0] as Endpoint, edits: sample.edits };
}

const press = (name: string) => userEvent.click(screen.getByRole("button", { name }));
const choose = (name: string, option: string) =>
  userEvent.selectOptions(screen.getByRole("combobox", { name }), screen.getByRole("option", { name: option }));
async function save() {
  await press("Save endpoint");
  await waitFor(() => expect(screen.queryByText("Not saved")).toBeNull());
}
const body = () => within(screen.getByRole("region", { name: "Body parameters" }));

describe("the URL of a call", () => {
  it("is shown whole while the path is typed, with one slash between base URL and path", async () => {
    await open(create);
    const url = screen.getByRole("region", { name: "URL of a call" });
    expect(url).toHaveTextContent("POST https://tracker.example/api/projects/{project}/issues");
    const path = screen.getByRole("textbox", { name: "Endpoint path" });
    await userEvent.clear(path);
    await userEvent.type(path, "/teams/:team");
    expect(url).toHaveTextContent("https://tracker.example/api/teams/{team}");
  });
});

describe("the body", () => {
  it("is offered only where the method takes one, and one that is left over is removed by hand", async () => {
    const { saved } = await open(create);
    expect(screen.getByRole("combobox", { name: "Body is sent as" })).toBeVisible();
    await choose("Method", "GET");
    expect(screen.queryByRole("combobox", { name: "Body is sent as" })).toBeNull();
    expect(screen.queryByRole("button", { name: "Add body parameter" })).toBeNull();
    await press("Remove the body");
    expect(screen.queryByRole("region", { name: "Body parameters" })).toBeNull();
    await save();
    expect(saved().parameters.map(({ key }) => key)).toEqual(["project"]);
  });

  it("is raw text with a content type, and its fields come back with the form", async () => {
    const { saved } = await open(create);
    await choose("Body is sent as", "Raw text");
    expect(body().getAllByTestId("parameter-row")).toHaveLength(1);
    const type = screen.getByRole("textbox", { name: "Content type" });
    await userEvent.type(type, "csv");
    expect(type).toHaveAccessibleDescription(/media type/);
    expect(screen.getByRole("button", { name: "Save endpoint" })).toBeDisabled();
    await userEvent.clear(type);
    await userEvent.type(type, "text/csv");
    expect(within(screen.getByLabelText("Headers always sent")).getByText("text/csv")).toBeVisible();
    await save();
    expect(saved().body).toEqual({ as: "raw", contentType: "text/csv" });
    await choose("Body is sent as", "Form, URL-encoded");
    expect(body().getByTestId("parameter-row")).toHaveTextContent("Title");
    await save();
    expect(saved().body).toEqual({ as: "form" });
    expect(within(screen.getByLabelText("Headers always sent")).getByText("application/x-www-form-urlencoded")).toBeVisible();
  });

  it("gets its fields from a sample", async () => {
    const { saved } = await open(create);
    await press("Fields from a sample …");
    const dialog = within(screen.getByRole("dialog", { name: "Fields from a sample" }));
    const text = dialog.getByRole("textbox", { name: "Sample body" });
    await userEvent.click(text);
    await userEvent.paste("[1]");
    expect(dialog.getByRole("button", { name: "Take the fields" })).toBeDisabled();
    await userEvent.clear(text);
    await userEvent.paste('{"title": "T", "estimate": 3}');
    await userEvent.click(dialog.getByRole("button", { name: "Take 2 fields" }));
    await save();
    expect(saved().parameters.slice(1)).toEqual([
      { key: "title", name: "Title", in: "body", type: "string", required: true, example: "T" },
      { key: "estimate", name: "Estimate", in: "body", type: "integer", required: false, example: 3 },
    ]);
  });

  it("of several parts has files", async () => {
    const { saved } = await open(create);
    await choose("Body is sent as", "Multipart form, with files");
    await userEvent.click(screen.getByRole("button", { name: "Actions for Title" }));
    await userEvent.click(await screen.findByRole("menuitem", { name: "Edit" }));
    await userEvent.click(screen.getByRole("checkbox", { name: /It is a file/ }));
    await press("Use these settings");
    await save();
    expect(saved()).toMatchObject({ body: { as: "multipart" }, parameters: [{}, { key: "title", file: true }] });
  });
});

describe("a parameter", () => {
  it("has a style that its place allows, with what is sent as an example", async () => {
    const { saved } = await open(list);
    await press("Add query parameter");
    const dialog = within(screen.getByRole("dialog"));
    expect(dialog.queryByRole("combobox", { name: "Style" })).toBeNull();
    await userEvent.type(dialog.getByRole("textbox", { name: "Name" }), "filter");
    await choose("Type", "object");
    await choose("Style", "deepObject, with brackets");
    expect(dialog.getByText("filter[from]=1&filter[to]=2")).toBeVisible();
    await userEvent.click(dialog.getByRole("checkbox", { name: /Advanced/ }));
    await press("Add parameter");
    await save();
    expect(saved().parameters[1]).toMatchObject({ key: "filter", type: "object", style: "deepObject", advanced: true });
  });

  it("that is hidden and required needs a default of its type", async () => {
    await open(list);
    await press("Add cookie parameter");
    const dialog = within(screen.getByRole("dialog"));
    await userEvent.type(dialog.getByRole("textbox", { name: "Name" }), "version");
    await choose("Type", "integer");
    await userEvent.click(dialog.getByRole("checkbox", { name: "Required" }));
    await userEvent.click(dialog.getByRole("checkbox", { name: /Hidden/ }));
    expect(dialog.getByRole("alert")).toHaveTextContent("give it a default value");
    const preset = dialog.getByRole("textbox", { name: "Default value" });
    await userEvent.type(preset, "one");
    expect(preset).toHaveAccessibleDescription("must be an integer");
    expect(dialog.getByRole("button", { name: "Add parameter" })).toBeDisabled();
    await userEvent.clear(preset);
    await userEvent.type(preset, "1");
    await press("Add parameter");
    expect(within(screen.getByRole("region", { name: "Cookies parameters" })).getByTestId("parameter-row")).toHaveTextContent(
      "Hidden",
    );
  });
});

it("pagination takes its parameters from the endpoint and its paths from the answer", async () => {
  const { saved } = await open(list);
  await choose("Comes in pages", "By page number");
  expect(screen.getByRole("button", { name: "Save endpoint" })).toBeDisabled();
  expect(screen.getByText(/choose the parameter that asks for a page/)).toBeVisible();
  await choose("Comes in pages", "By cursor: the answer names the next page");
  expect(screen.getByRole("combobox", { name: "The next cursor in the answer" })).toHaveValue("next");
  await save();
  expect(saved().pagination).toEqual({ kind: "cursor", items: "data", parameter: "after", next: "next" });
});

it("an unsafe endpoint names its idempotency header, which is then always sent", async () => {
  const { saved } = await open(create);
  await userEvent.type(screen.getByRole("textbox", { name: "Idempotency header" }), "Idempotency-Key");
  expect(within(screen.getByLabelText("Headers always sent")).getByText("Idempotency-Key")).toBeVisible();
  await save();
  expect(saved().idempotencyHeader).toBe("Idempotency-Key");
});
