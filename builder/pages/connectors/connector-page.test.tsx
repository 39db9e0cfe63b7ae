import { screen, waitFor, within } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import { fakeEventSource } from "../../testing/fake-event-source.ts";
import { fakeServer } from "../../testing/fake-server.ts";
import { renderApp } from "../../testing/render-app.tsx";
import { sampleConnection, sampleConnector } from "../../testing/sample-connector.ts";

const session = {
  person: { id: "usr_1", name: "Ada", email: "ada@example.com", role: "administrator" },
  workspace: { id: "wsp_1", name: "Workshop" },
};
afterEach(() => vi.unstubAllGlobals());

function serve(more: Record<string, unknown> = {}) {
  fakeEventSource();
  const { loaded, edits, answers } = sampleConnector({
    endpoints: [
      {
        key: "list",
        name: "List projects",
        method: "GET",
        path: "/projects",
        parameters: [],
        responseSchema: {
          type: "array",
          items: { type: "object", properties: { id: { type: "integer" }, name: { type: "string" } } },
        },
      },
      {
        key: "create",
        name: "Create issue",
        method: "POST",
        path: "/projects/{project}/issues",
        parameters: [
          { key: "project", name: "Project", in: "path", type: "integer", required: true },
          { key: "level", name: "Level", in: "body", type: "integer", required: false },
        ],
      },
    ],
  });
  const server = fakeServer({
    "GET /session": session,
    "GET /connections": { connections: [sampleConnection({ fields: [] })] },
    ...answers,
    ...more,
  });
  return { server, loaded, edits };
}

const openEndpoint = async (name: string) => userEvent.click(await screen.findByRole("link", { name: new RegExp(name) }));

describe("the endpoint editor", () => {
  it("shows the parameters of the path as they are typed, and saves them with the endpoint", async () => {
    const { loaded } = serve();
    renderApp("/connectors/tracker");
    await openEndpoint("Create issue");
    const path = screen.getByRole("textbox", { name: "Endpoint path" });
    await userEvent.clear(path);
    await userEvent.type(path, "/teams/:team/projects/{{project}/issues");
    const rows = within(screen.getByRole("region", { name: "Path parameters" })).getAllByTestId("parameter-row");
    // "project" was away while it was typed, and is still the integer that it was.
    expect(rows.map((row) => row.textContent).toSorted()).toEqual([
      expect.stringMatching(/^Project.*integer$/),
      expect.stringMatching(/^team.*string$/),
    ]);
    expect(screen.getByText("Not saved")).toBeVisible();
    await userEvent.click(screen.getByRole("button", { name: "Save endpoint" }));
    await waitFor(() => expect(screen.queryByText("Not saved")).toBeNull());
    expect(loaded.document.endpoints[1]?.parameters.map(({ key }) => key).toSorted()).toEqual(["level", "project", "team"]);
  });

  it("takes a copied URL apart: the base URL goes, query parameters with values become defaults", async () => {
    serve();
    renderApp("/connectors/tracker");
    await openEndpoint("List projects");
    const path = screen.getByRole("textbox", { name: "Endpoint path" });
    await userEvent.clear(path);
    await userEvent.type(path, "https://tracker.example/projects/:project?limit=10");
    await userEvent.tab();
    expect(path).toHaveValue("/projects/:project");
    const query = screen.getByRole("region", { name: "Query parameters" });
    expect(within(query).getByTestId("parameter-row")).toHaveTextContent("limit");
    expect(within(screen.getByRole("region", { name: "Path parameters" })).getByTestId("parameter-row")).toHaveTextContent(
      "project",
    );
  });

  it("makes a new endpoint with a key of its own, which then is open", async () => {
    const { loaded } = serve();
    renderApp("/connectors/tracker");
    await userEvent.click(await screen.findByRole("button", { name: "New endpoint" }));
    await userEvent.type(screen.getByRole("textbox", { name: "Endpoint display name" }), "Create");
    await userEvent.click(screen.getByRole("button", { name: "Save endpoint" }));
    await waitFor(() => expect(loaded.document.endpoints.map(({ key }) => key)).toEqual(["list", "create", "create-2"]));
    expect(await screen.findByRole("heading", { name: "Create", level: 2 })).toBeVisible();
  });

  it("keeps what was typed when somebody else has saved meanwhile, and says so", async () => {
    const { loaded, edits } = serve();
    renderApp("/connectors/tracker");
    await openEndpoint("List projects");
    loaded.revision = 9;
    const name = screen.getByRole("textbox", { name: "Endpoint display name" });
    await userEvent.type(name, " of all");
    await userEvent.click(screen.getByRole("button", { name: "Save endpoint" }));
    expect(await screen.findByText(/Somebody else changed this connector meanwhile/)).toBeVisible();
    expect(name).toHaveValue("List projects of all");
    expect(edits).toEqual([]);
  });

  it("names a refused field in its place", async () => {
    serve();
    renderApp("/connectors/tracker?section=base");
    const url = await screen.findByRole("textbox", { name: "Base URL" });
    await userEvent.clear(url);
    await userEvent.type(url, "http://tracker.example");
    await userEvent.click(screen.getByRole("button", { name: "Save base URL and authentication" }));
    await waitFor(() => expect(url).toBeInvalid());
    expect(url).toHaveAccessibleDescription(/https/);
    expect(url).toHaveValue("http://tracker.example");
  });
});

describe("parameter links", () => {
  const menu = async (parameter: string, item: string) => {
    await userEvent.click(screen.getByRole("button", { name: `Actions for ${parameter}` }));
    await userEvent.click(await screen.findByRole("menuitem", { name: item }));
  };

  it("an enumerate value keeps the parameter's type, and refuses what does not fit it", async () => {
    const { loaded } = serve();
    renderApp("/connectors/tracker");
    await openEndpoint("Create issue");
    await menu("Level", "Create an enumerate value");
    await userEvent.type(screen.getByRole("textbox", { name: "Value 1" }), "high");
    expect(screen.getByText("“high” is no integer")).toBeVisible();
    expect(screen.getByRole("button", { name: "Save" })).toBeDisabled();
    await userEvent.clear(screen.getByRole("textbox", { name: "Value 1" }));
    await userEvent.type(screen.getByRole("textbox", { name: "Value 1" }), "1");
    await userEvent.type(screen.getByRole("textbox", { name: "Value 1 is shown as" }), "High");
    await userEvent.click(screen.getByRole("button", { name: "Save" }));
    expect(await screen.findByText("1 values")).toBeVisible();
    expect(loaded.document.endpoints[1]?.parameters[1]?.link).toEqual({
      kind: "static",
      values: [{ value: 1, label: "High" }],
      allowCustom: false,
    });
  });

  it("a parameter link names endpoint, value and display of a list", async () => {
    const { loaded } = serve();
    renderApp("/connectors/tracker");
    await openEndpoint("Create issue");
    await menu("Project", "Create a parameter link");
    const dialog = screen.getByRole("dialog", { name: "Create a parameter link" });
    const choose = (label: string, option: string) =>
      userEvent.selectOptions(within(dialog).getByRole("combobox", { name: label }), option);
    await choose("Linked endpoint", "List projects");
    await choose("Linked parameter", "[].id");
    await choose("Display parameter", "[].name");
    await userEvent.click(within(dialog).getByRole("button", { name: "Save" }));
    expect(await screen.findByText("Linked")).toBeVisible();
    expect(loaded.document.endpoints[1]?.parameters[0]?.link).toEqual({
      kind: "dynamic",
      endpoint: "list",
      items: "",
      value: "id",
      label: "name",
      args: {},
      allowCustom: false,
    });
  });

  it("offers reads alone, and says what to do where an answer is not known", async () => {
    const { loaded } = serve();
    const [list] = loaded.document.endpoints;
    if (list) delete list.responseSchema;
    renderApp("/connectors/tracker");
    await openEndpoint("Create issue");
    await menu("Project", "Create a parameter link");
    const linked = screen.getByRole("combobox", { name: "Linked endpoint" });
    expect(within(linked).queryByRole("option", { name: "Create issue" })).toBeNull();
    await userEvent.selectOptions(linked, "List projects");
    expect(screen.getByText(/Run its test and pull its parameters first/)).toBeVisible();
  });
});

describe("tests", () => {
  const passed = {
    passed: true,
    outcome: "succeeded",
    message: "",
    problems: [],
    request: { method: "GET", url: "https://tracker.example/projects", headers: { authorization: "Bearer ***" }, body: null },
    response: { status: 200, headers: {}, body: [{ id: 7, name: "Apollo" }] },
    assertions: [],
    durationMs: 12,
    testedAt: 1,
  };

  it("run one endpoint, show what was sent and pull the answer's parameters", async () => {
    const { loaded, server } = serve({ "POST /connectors/tracker/endpoints/list/test": passed });
    renderApp("/connectors/tracker");
    await openEndpoint("List projects");
    await userEvent.click(screen.getByRole("tab", { name: "Test" }));
    await userEvent.click(screen.getByRole("button", { name: "Run test" }));
    const result = await screen.findByRole("region", { name: "Test result" });
    expect(result).toHaveTextContent("Passed");
    await userEvent.click(within(result).getByRole("radio", { name: "Request as sent" }));
    expect(result).toHaveTextContent("Bearer ***");
    await userEvent.click(screen.getByRole("button", { name: "Pull parameters" }));
    await waitFor(() => expect(loaded.document.endpoints[0]).toMatchObject({ responseOrigin: "pulled" }));
    expect(loaded.document.endpoints[0]?.responseSample).toEqual([{ id: 7, name: "Apollo" }]);
    expect(server.callsTo("POST /connectors/tracker/endpoints/list/test")[0]?.body).toEqual({ connection: "con_1", inputs: {} });
  });

  it("name an input that is missing beside its field", async () => {
    const problems = [{ parameter: "project", message: '"Project" is required' }];
    serve({
      "POST /connectors/tracker/endpoints/create/test": {
        ...passed,
        passed: false,
        outcome: "invalid-input",
        message: "nothing was sent",
        problems,
        request: null,
        response: null,
      },
    });
    renderApp("/connectors/tracker");
    await openEndpoint("Create issue");
    await userEvent.click(screen.getByRole("tab", { name: "Test" }));
    await userEvent.click(screen.getByRole("button", { name: "Run test" }));
    await waitFor(() => expect(screen.getByRole("textbox", { name: "Project" })).toHaveAccessibleDescription(/is required/));
  });

  it("of all endpoints run reads at once, and what writes only when somebody has agreed", async () => {
    const { server, loaded } = serve({
      "POST /connectors/tracker/endpoints/list/test": passed,
      "POST /connectors/tracker/endpoints/create/test": { ...passed, passed: false, message: "answered 400" },
    });
    const project = loaded.document.endpoints[1]?.parameters[0];
    if (project) project.example = 7;
    renderApp("/connectors/tracker");
    await userEvent.click(await screen.findByRole("button", { name: "Test all endpoints" }));
    const dialog = screen.getByRole("dialog", { name: "Test all endpoints" });
    await userEvent.click(within(dialog).getByRole("button", { name: "Run 1 test" }));
    await within(dialog).findByText("1 of 1 done, 1 passed, 0 failed.");
    expect(server.callsTo("POST /connectors/tracker/endpoints/create/test")).toEqual([]);
    await userEvent.click(within(dialog).getByRole("checkbox", { name: /Also run the call that writes or costs/ }));
    await userEvent.click(within(dialog).getByRole("button", { name: "Run again" }));
    await within(dialog).findByText("2 of 2 done, 1 passed, 1 failed.");
    expect(
      within(dialog)
        .getAllByTestId("test-row")
        .map((row) => row.textContent),
    ).toEqual([expect.stringContaining("passed, status 200"), expect.stringContaining("answered 400")]);
  });
});

describe("rate limits", () => {
  const limit = (number: number) => within(screen.getByRole("group", { name: `Limit ${number}` }));
  const press = (name: string) => userEvent.click(screen.getByRole("button", { name }));

  it("are added with their windows and groups, changed and removed; endpoints then choose a group", async () => {
    const { loaded, edits } = serve();
    renderApp("/connectors/tracker?section=base");
    await userEvent.click(await screen.findByRole("button", { name: "Add a limit" }));
    await userEvent.type(limit(1).getByRole("textbox", { name: "Calls at most" }), "25");
    await userEvent.click(limit(1).getByRole("button", { name: "Add a window" }));
    await userEvent.type(limit(1).getAllByRole("textbox", { name: "Calls at most" })[1] as HTMLElement, "1500");
    await press("Add a limit");
    await userEvent.type(limit(2).getByRole("textbox", { name: "Group" }), "export");
    await userEvent.type(limit(2).getByRole("textbox", { name: "Calls at most" }), "1");
    await press("Add a limit");
    await press("Remove limit 3");
    await press("Save rate limits");
    const usual = {
      windows: [
        { limit: 25, perMs: 1_000 },
        { limit: 1_500, perMs: 60_000 },
      ],
    };
    await waitFor(() =>
      expect(loaded.document.limits).toEqual([usual, { group: "export", windows: [{ limit: 1, perMs: 1_000 }] }]),
    );
    expect(edits).toHaveLength(1);

    await userEvent.click(screen.getByRole("link", { name: /Endpoints/ }));
    await openEndpoint("Create issue");
    const choice = screen.getByRole("combobox", { name: "Rate limit" });
    expect(choice).toHaveDisplayValue("As calls without a group: 25 per 1 s and 1,500 per 1 min");
    await userEvent.selectOptions(choice, "export: 1 per 1 s");
    await press("Save endpoint");
    await waitFor(() => expect(loaded.document.endpoints[1]?.limitGroup).toBe("export"));
  });

  it("that cannot be saved say which field of which limit is wrong, beside it too", async () => {
    const { edits, loaded } = serve();
    loaded.document.limits = [{ group: "export", windows: [{ limit: 1, perMs: 1_000 }] }];
    renderApp("/connectors/tracker?section=base");
    await userEvent.click(await screen.findByRole("button", { name: "Add a limit" }));
    const calls = limit(2).getByRole("textbox", { name: "Calls at most" });
    await userEvent.type(calls, "0");
    await press("Save rate limits");
    expect(screen.getByText("Limit 2, window 1, calls: must be a whole number from 1.")).toBeVisible();
    expect(calls).toBeInvalid();
    await userEvent.type(calls, "{Backspace}5");
    expect(calls).toBeValid();
    await userEvent.type(limit(2).getByRole("textbox", { name: "Group" }), "export");
    await press("Save rate limits");
    expect(await screen.findByText('Limit 2, group: another limit has the group "export".')).toBeVisible();
    expect(limit(2).getByRole("textbox", { name: "Group" })).toHaveAccessibleDescription(/another limit/);
    expect(edits).toEqual([]);
  });

  it("are facts for somebody who may not change them", async () => {
    const { loaded } = serve({ "GET /session": { ...session, person: { ...session.person, role: "user" } } });
    loaded.document.limits = [{ group: "export", windows: [{ limit: 1, perMs: 1_000 }] }];
    renderApp("/connectors/tracker?section=base");
    expect(await screen.findByText("Group export")).toBeVisible();
    expect(screen.getByText("1 per 1 s")).toBeVisible();
    expect(screen.queryByRole("button", { name: "Add a limit" })).toBeNull();
  });
});

it("a user sees the connector and cannot change it", async () => {
  serve({ "GET /session": { ...session, person: { ...session.person, role: "user" } } });
  renderApp("/connectors/tracker");
  await openEndpoint("Create issue");
  expect(screen.getByText(/^POST \/projects/)).toBeVisible();
  expect(screen.queryByRole("textbox", { name: "Endpoint path" })).toBeNull();
  for (const name of ["Save endpoint", "Actions for Project", "New endpoint", "Test all endpoints"])
    expect(screen.queryByRole("button", { name })).toBeNull();
  expect(screen.queryByRole("tab", { name: "Test" })).toBeNull();
});
