import { screen, waitFor, within } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { EndpointSample, EndpointTest, TestResult } from "../../../shared/api/connectors.ts";
import type { Endpoint } from "../../../shared/connector/endpoint.ts";
import { fakeEventSource } from "../../testing/fake-event-source.ts";
import { fakeServer } from "../../testing/fake-server.ts";
import { renderApp } from "../../testing/render-app.tsx";
import { sampleConnection, sampleConnector } from "../../testing/sample-connector.ts";

afterEach(() => vi.unstubAllGlobals());

const get: Endpoint = {
  key: "get",
  name: "Get issue",
  method: "GET",
  path: "/issues/{id}",
  parameters: [{ key: "id", name: "Id", in: "path", type: "integer", required: true }],
};
const create: Endpoint = { key: "create", name: "Create issue", method: "POST", path: "/issues", parameters: [] };
const passed: TestResult = {
  passed: true,
  outcome: "succeeded",
  message: "200 OK",
  problems: [],
  request: { method: "GET", url: "https://tracker.example/issues/7", headers: { authorization: "Bearer ***" }, body: null },
  response: { status: 200, headers: { "content-type": "application/json" }, body: { id: 7 } },
  assertions: [],
  durationMs: 12,
  testedAt: 1,
};
const tested = (endpoint: string, more: Partial<EndpointTest> = {}): EndpointTest => ({
  endpoint,
  passed: true,
  stale: false,
  testedAt: 1,
  status: 200,
  message: "200 OK",
  inputs: {},
  connection: null,
  assertions: [],
  ...more,
});

type Given = {
  endpoints?: Endpoint[];
  result?: unknown;
  samples?: Record<string, EndpointSample[]>;
  tests?: EndpointTest[];
  tab?: "Test" | "Response" | null;
  answers?: Record<string, unknown>;
};

async function open({
  endpoints = [get, create],
  result = passed,
  samples = {},
  tests = [],
  tab = "Test",
  answers = {},
}: Given = {}) {
  fakeEventSource();
  const sample = sampleConnector({ endpoints });
  sample.loaded.tests = tests;
  const server = fakeServer({
    "GET /session": {
      person: { id: "usr_1", name: "Ada", email: "ada@example.com", role: "administrator" },
      workspace: { id: "wsp_1", name: "Workshop" },
    },
    "GET /connections": { connections: [sampleConnection()] },
    ...Object.fromEntries(
      endpoints.flatMap(({ key }) => [
        [`POST /connectors/tracker/endpoints/${key}/test`, result],
        [`GET /connectors/tracker/endpoints/${key}/samples`, { samples: samples[key] ?? [] }],
      ]),
    ),
    ...sample.answers,
    ...answers,
  });
  const first = endpoints[0] as Endpoint;
  renderApp(`/connectors/tracker?section=endpoints&endpoint=${first.key}`);
  await screen.findByRole("heading", { name: first.name, level: 2 });
  if (tab) await userEvent.click(screen.getByRole("tab", { name: tab }));
  const saved = () => sample.loaded.document.endpoints[0] as Endpoint;
  const sent = (key = first.key) => server.callsTo(`POST /connectors/tracker/endpoints/${key}/test`).map(({ body }) => body);
  return { saved, sent, server, loaded: sample.loaded };
}

const press = (name: string) => userEvent.click(screen.getByRole("button", { name }));
const result = () => screen.findByRole("region", { name: "Test result" });
const sampleOf = (body: EndpointSample["body"]): EndpointSample => ({ status: 200, body, takenAt: 1 });

describe("the test console", () => {
  it("saves assertions before a test checks them, and shows what they came to", async () => {
    const { saved, sent } = await open({
      result: { ...passed, passed: false, assertions: [{ passed: false, message: "the status is 201: it is 200" }] },
    });
    await press("Add an assertion");
    await userEvent.clear(screen.getByRole("textbox", { name: "Status of assertion 1" }));
    await userEvent.type(screen.getByRole("textbox", { name: "Status of assertion 1" }), "201");
    await press("Add an assertion");
    await userEvent.selectOptions(screen.getByRole("combobox", { name: "What assertion 2 checks" }), "A value is");
    expect(screen.getByRole("button", { name: "Run test" })).toBeDisabled();
    await userEvent.type(screen.getByRole("combobox", { name: "Path of assertion 2" }), "id");
    await userEvent.type(screen.getByRole("textbox", { name: "Value of assertion 2" }), "7");
    await press("Run test");
    expect(within(await result()).getByRole("list", { name: "Assertions" })).toHaveTextContent("the status is 201: it is 200");
    expect(saved().test?.assertions).toEqual([
      { kind: "status", equals: 201 },
      { kind: "value", path: "id", equals: 7 },
    ]);
    expect(sent()).toHaveLength(1);
  });

  it("saves its inputs as the endpoint's sample, with which the next test begins", async () => {
    const { saved } = await open();
    await userEvent.type(screen.getByRole("textbox", { name: "Id" }), "7");
    await press("Save as sample");
    await waitFor(() => expect(saved().test).toEqual({ inputs: { id: 7 }, assertions: [] }));
    await waitFor(() => expect(screen.getByRole("button", { name: "Save as sample" })).toBeDisabled());
    await userEvent.click(screen.getByRole("tab", { name: "Request" }));
    await userEvent.click(screen.getByRole("tab", { name: "Test" }));
    expect(screen.getByRole("textbox", { name: "Id" })).toHaveValue("7");
  });

  it("takes an input from the answer of another endpoint's test", async () => {
    const { sent } = await open({ samples: { create: [sampleOf({ data: { id: 9 } })] } });
    await press("Take Id from an earlier test");
    await userEvent.selectOptions(screen.getByRole("combobox", { name: "Endpoint" }), "Create issue (POST)");
    await userEvent.click(await screen.findByRole("button", { name: /data\.id/ }));
    expect(screen.getByRole("textbox", { name: "Id" })).toHaveValue("{{tests.create.body.data.id}}");
    await press("Run test");
    await result();
    expect(sent()).toEqual([{ connection: "con_1", inputs: { id: "{{tests.create.body.data.id}}" } }]);
  });

  it("says that another endpoint has no answer yet", async () => {
    await open();
    await press("Take Id from an earlier test");
    await userEvent.selectOptions(screen.getByRole("combobox", { name: "Endpoint" }), "Create issue (POST)");
    expect(await screen.findByText(/run its test first/)).toBeVisible();
  });

  it("copies the request as a command, its secret masked", async () => {
    await open();
    const user = userEvent.setup();
    await press("Run test");
    await userEvent.click(within(await result()).getByRole("radio", { name: "Request as sent" }));
    const copied = vi.spyOn(navigator.clipboard, "writeText");
    await user.click(screen.getByRole("button", { name: "Copy as cURL" }));
    expect(await screen.findByRole("button", { name: "Copied, secrets masked" })).toBeVisible();
    expect(copied.mock.calls[0]?.[0]).toBe("curl -X GET 'https://tracker.example/issues/7' \\\n  -H 'authorization: Bearer ***'");
  });

  it("shows an answer that is no JSON as what it is", async () => {
    const response = { status: 200, headers: { "content-type": "text/html; charset=utf-8" }, body: "<h1>Hello</h1>" };
    await open({ result: { ...passed, response } });
    await press("Run test");
    expect(await result()).toHaveTextContent(/Not JSON text\/html, 14 B.*<h1>Hello<\/h1>/);
    expect(screen.queryByRole("button", { name: "Pull parameters" })).toBeNull();
  });

  it("says of an answer that was too large to be read that it was", async () => {
    const message = "the answer is larger than 10485760 bytes";
    await open({ result: { ...passed, passed: false, outcome: "too-large", message, response: null } });
    await press("Run test");
    expect(await result()).toHaveTextContent(/Too large.*larger than 10485760 bytes/);
    expect(screen.queryByRole("button", { name: "Pull parameters" })).toBeNull();
  });
});

describe("test all endpoints", () => {
  it("runs what takes a value after what gives it, and only those that failed again", async () => {
    const needing = { ...get, test: { inputs: { id: "{{tests.create.body.id}}" }, assertions: [] } };
    let fails = true;
    const { server } = await open({
      endpoints: [needing, create],
      tab: null,
      answers: {
        "POST /connectors/tracker/endpoints/get/test": () =>
          fails ? { ...passed, passed: false, message: "answered 404 Not Found" } : passed,
      },
    });
    await press("Test all endpoints");
    const dialog = within(screen.getByRole("dialog", { name: "Test all endpoints" }));
    await userEvent.click(dialog.getByRole("checkbox", { name: /Also run the call that writes/ }));
    await userEvent.click(dialog.getByRole("button", { name: "Run 2 tests" }));
    await dialog.findByText("2 of 2 done, 1 passed, 1 failed.");
    const run = () => server.calls.flatMap(({ method, path }) => (method === "POST" ? [path.split("/")[4]] : []));
    expect(run()).toEqual(["create", "get"]);
    fails = false;
    await userEvent.click(dialog.getByRole("button", { name: "Run 1 failed again" }));
    await dialog.findByText("2 of 2 done, 2 passed, 0 failed.");
    expect(run()).toEqual(["create", "get", "get"]);
  });

  it("says which are not run and why, and which are left to pass", async () => {
    await open({ tab: null, tests: [tested("create", { stale: true })] });
    await press("Test all endpoints");
    const dialog = within(screen.getByRole("dialog", { name: "Test all endpoints" }));
    expect(dialog.getAllByTestId("test-row").map((row) => row.textContent)).toEqual([
      expect.stringContaining("writes or costs: not run"),
      expect.stringContaining("needs sample inputs: Id"),
    ]);
    await userEvent.click(dialog.getByRole("checkbox"));
    await userEvent.click(dialog.getByRole("button", { name: "Run 1 test" }));
    expect(await dialog.findByText(/Still to pass/)).toHaveTextContent("Get issue (needs sample inputs: Id)");
  });

  it("is told at a glance in the list: passed, failed, changed since, not tested", async () => {
    const endpoint = (key: string): Endpoint => ({ ...create, key, name: key });
    await open({
      endpoints: ["one", "two", "three", "four"].map(endpoint),
      tests: [tested("one"), tested("two", { passed: false, message: "answered 500" }), tested("three", { stale: true })],
      tab: null,
    });
    const links = within(screen.getByRole("list", { name: "Endpoints of the connector" })).getAllByRole("link");
    expect(links.map((link) => link.textContent)).toEqual([
      expect.stringMatching(/passed$/),
      expect.stringMatching(/failed: answered 500$/),
      expect.stringMatching(/changed since its test$/),
      expect.stringMatching(/not tested$/),
    ]);
    expect(screen.getByRole("list", { name: "Tests of the endpoints" })).toHaveTextContent("1 passed1 failed1 stale1 untested");
  });
});

describe("pulled parameters", () => {
  const declared: Endpoint = {
    ...get,
    responseSchema: {
      type: "object",
      required: ["id", "gone"],
      properties: { id: { type: "string" }, gone: { type: "string" } },
    },
    responseOrigin: "declared",
  };

  it("show what is not as declared before they are taken", async () => {
    const { saved } = await open({
      endpoints: [declared],
      samples: { get: [sampleOf({ id: 7, name: "A" }), sampleOf({ id: 8 })] },
    });
    await press("Run test");
    await result();
    await press("Pull parameters");
    const dialog = within(await screen.findByRole("dialog", { name: "Pull parameters" }));
    const differences = within(dialog.getByRole("region", { name: "Differences" })).getAllByRole("listitem");
    expect(differences.map((item) => item.textContent)).toEqual([
      "idwas string, came as integer",
      "namenew: string",
      "gonedid not come; stays, and may be absent (string)",
    ]);
    expect(saved()).toEqual(declared);
    await userEvent.click(dialog.getByRole("checkbox", { name: "Keep known fields that did not come" }));
    await userEvent.click(dialog.getByRole("button", { name: "Take these parameters" }));
    await waitFor(() => expect(saved().responseOrigin).toBe("pulled"));
    expect(saved().responseSchema).toEqual({
      type: "object",
      properties: { id: { type: "integer" }, name: { type: "string" } },
      required: ["id"],
    });
  });

  it("are enabled once a test has passed, and come from the answers that are chosen", async () => {
    await open({ tab: "Response" });
    expect(await screen.findByRole("button", { name: "Pull parameters" })).toBeDisabled();
  });

  it("take an enumeration that the answers suggest, with one click, and are saved with the endpoint", async () => {
    const states = ["open", "done", "open", "done", "open", "open"].map((state) => ({ state }));
    const { saved } = await open({ samples: { get: [sampleOf(states), sampleOf([{ other: 1 }])] }, tab: "Response" });
    await waitFor(() => expect(screen.getByRole("button", { name: "Pull parameters" })).toBeEnabled());
    await press("Pull parameters");
    const dialog = within(screen.getByRole("dialog"));
    await userEvent.click(dialog.getByRole("checkbox", { name: /Answer 2/ }));
    expect(dialog.queryByText("other")).toBeNull();
    await userEvent.click(dialog.getByRole("button", { name: "Allow only these" }));
    expect(dialog.getByText(/one of done, open/)).toBeVisible();
    await userEvent.click(dialog.getByRole("button", { name: "Take these parameters" }));
    await press("Save endpoint");
    await waitFor(() =>
      expect(saved().responseSchema).toMatchObject({ items: { properties: { state: { enum: ["done", "open"] } } } }),
    );
  });

  it("come from a pasted sample, without any test", async () => {
    const { saved } = await open({ tab: "Response" });
    await userEvent.click(await screen.findByRole("button", { name: "Paste a sample response" }));
    await userEvent.click(screen.getByRole("textbox", { name: "Sample response" }));
    await userEvent.paste('{"data": [{"id": 1}, {"id": 2, "email": "ada@example.com"}]}');
    expect(screen.getByText(/string, email, may be absent/)).toBeVisible();
    await press("Take these parameters");
    await press("Save endpoint");
    await waitFor(() => expect(saved().responseSample).toEqual({ data: [{ id: 1 }, { id: 2, email: "ada@example.com" }] }));
  });

  it("are edited as a tree: type, absence, description; fields are added and removed", async () => {
    const { saved } = await open({ endpoints: [declared], tab: "Response" });
    await press("id");
    await userEvent.selectOptions(screen.getByRole("combobox", { name: "Type" }), "integer");
    await userEvent.type(screen.getByRole("textbox", { name: "Description" }), "Its number");
    await userEvent.click(screen.getByRole("checkbox", { name: "It may be absent" }));
    await press("Use these settings");
    expect(screen.getByText("integer, may be absent · Its number")).toBeVisible();
    await press("gone");
    await press("Remove the field");
    await press("Add a field to response");
    await userEvent.type(screen.getByRole("textbox", { name: "Name" }), "title");
    await press("Add field");
    await press("Save endpoint");
    await waitFor(() =>
      expect(saved().responseSchema).toEqual({
        type: "object",
        properties: { id: { type: "integer", description: "Its number" }, title: { type: "string" } },
      }),
    );
  });
});

it("a part that is a file is chosen, and sent with its name and bytes", async () => {
  const upload: Endpoint = {
    ...create,
    body: { as: "multipart" },
    parameters: [{ key: "photo", name: "Photo", in: "body", type: "string", required: true, file: true }],
  };
  const { sent } = await open({ endpoints: [upload] });
  await userEvent.upload(screen.getByLabelText("Choose a file"), new File(["hi"], "a.txt", { type: "text/plain" }));
  expect(await screen.findByText("text/plain, 2 B")).toBeVisible();
  await press("Run test");
  await result();
  expect(sent()).toEqual([{ connection: "con_1", inputs: { photo: { name: "a.txt", type: "text/plain", base64: "aGk=" } } }]);
});
