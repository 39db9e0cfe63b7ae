import { screen, within } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { ConnectorDraft } from "../../../shared/connector/connector.ts";
import type { Endpoint } from "../../../shared/connector/endpoint.ts";
import type { Parameter } from "../../../shared/connector/parameter.ts";
import type { DynamicLink } from "../../../shared/connector/parameter-link.ts";
import { fakeServer } from "../../testing/fake-server.ts";
import { renderPart } from "../../testing/render-app.tsx";
import { EnumerateDialog } from "./enumerate-dialog.tsx";
import { LinkDialog } from "./link-dialog.tsx";
import { ParametersEditor } from "./parameters-editor.tsx";

const parameter = (key: string, more: Partial<Parameter> = {}): Parameter => ({
  key,
  name: key,
  in: "query",
  type: "string",
  required: false,
  ...more,
});
const item = { type: "object", properties: { id: { type: "string" }, name: { type: "string" }, archived: { type: "boolean" } } };
const create: Endpoint = {
  key: "create",
  name: "Create issue",
  method: "POST",
  path: "/issues",
  parameters: [parameter("workspace", { name: "Workspace" }), parameter("project_id", { name: "Project", in: "body" })],
};
const connector: ConnectorDraft = {
  schemaVersion: 1,
  key: "tracker",
  name: "Tracker",
  description: "",
  baseUrl: "https://tracker.example",
  auth: { kind: "none" },
  incomingWebhooks: [],
  endpoints: [
    {
      key: "projects",
      name: "List projects",
      method: "GET",
      path: "/projects",
      parameters: [parameter("workspace", { name: "Of workspace" }), parameter("q", { name: "Query" })],
      responseSchema: { type: "object", properties: { data: { type: "array", items: item } } },
    },
    {
      key: "project",
      name: "Get project",
      method: "GET",
      path: "/projects/{id}",
      parameters: [parameter("id", { name: "ID", in: "path", required: true })],
    },
    create,
  ],
};
const path = "POST /connectors/tracker/endpoints/create/options";

const noProblem = () => undefined;

afterEach(() => vi.unstubAllGlobals());

function openDialog() {
  const onSave = vi.fn<(link: DynamicLink) => void>();
  const project = create.parameters[1] ?? parameter("project_id");
  renderPart(<LinkDialog connector={connector} endpoint={create} parameter={project} onClose={() => {}} onSave={onSave} />);
  const choose = (label: string, option: string) =>
    userEvent.selectOptions(screen.getByRole("combobox", { name: label }), option);
  const write = async (label: string, text: string) => {
    const field = screen.getByRole("textbox", { name: label });
    await userEvent.clear(field);
    // Braces are keys of their own unless they come twice.
    await userEvent.type(field, text.replaceAll("{", "{{"));
  };
  return { onSave, choose, write };
}

describe("a parameter link", () => {
  it("may say everything that a list can do", async () => {
    fakeServer({ "GET /connections": { connections: [] } });
    const { onSave, choose, write } = openDialog();
    await choose("Linked endpoint", "List projects");
    await choose("Linked parameter", "data[].id");
    await choose("Display parameter", "A text with several of them");
    await write("Display text", "{name} ({id})");
    await choose("Of workspace", "From “Workspace”");
    await choose("Search parameter", "Query");
    await userEvent.click(screen.getByText("More"));
    await write("Description", "name");
    await write("Not available when", "archived");
    await write("Characters before the API is searched", "3");
    await write("Pages at once", "2");
    await choose("Look up one value with", "Get project · GET /projects/{id}");
    await write("The item in its answer", "data");
    await write("Keep the list for (seconds)", "60");
    await userEvent.click(screen.getByRole("checkbox", { name: /A run refuses values/ }));
    await userEvent.click(screen.getByRole("button", { name: "Save" }));
    expect(onSave).toHaveBeenCalledWith({
      kind: "dynamic",
      endpoint: "projects",
      items: "data",
      value: "id",
      label: "{name} ({id})",
      description: "name",
      disabledWhen: "archived",
      args: { workspace: { from: "workspace" } },
      search: "q",
      searchMinimum: 3,
      maxPages: 2,
      resolve: { endpoint: "project", argument: "id", item: "data" },
      keepSeconds: 60,
      validateAtRun: "off",
      allowCustom: false,
    });
  });

  it("is tried with the API before it is saved", async () => {
    const result = { outcome: "listed", options: [{ value: "p-1", label: "Apollo" }], complete: true };
    const server = fakeServer({ "GET /connections": { connections: [] }, [path]: { result } });
    const { choose } = openDialog();
    await choose("Linked endpoint", "List projects");
    await choose("Linked parameter", "data[].id");
    await choose("Of workspace", "From “Workspace”");
    expect(server.callsTo(path)).toHaveLength(0);
    await userEvent.click(screen.getByRole("button", { name: "Show the list" }));
    const preview = await screen.findByRole("region", { name: "Preview of the list" });
    expect(await within(preview).findByRole("option", { name: /Apollo/ })).toBeVisible();
    expect(server.callsTo(path)[0]?.body).toMatchObject({
      parameter: "project_id",
      connection: null,
      link: { endpoint: "projects", items: "data", value: "id", args: { workspace: { from: "workspace" } } },
    });
    await userEvent.type(within(preview).getByLabelText("Workspace"), "w");
    await vi.waitFor(() => expect(server.callsTo(path).at(-1)?.body).toMatchObject({ inputs: { workspace: "w" } }));
  });
});

describe("a suggested link", () => {
  it("is saved with one click, and offered no more", async () => {
    fakeServer({});
    const onLinked = vi.fn<(endpoint: Endpoint) => void>();
    renderPart(
      <ParametersEditor
        connector={connector}
        endpoint={create}
        disabled={false}
        onChange={() => {}}
        onLinked={onLinked}
        fieldProblem={noProblem}
      />,
    );
    expect(screen.getAllByRole("button", { name: /^Link to/ })).toHaveLength(1);
    await userEvent.click(screen.getByRole("button", { name: "Link to List projects?" }));
    const [linked] = onLinked.mock.calls[0] ?? [];
    expect(linked?.parameters[1]?.link).toMatchObject({ endpoint: "projects", items: "data", value: "id", label: "name" });
    if (linked)
      renderPart(
        <ParametersEditor
          connector={connector}
          endpoint={linked}
          disabled={false}
          onChange={() => {}}
          onLinked={onLinked}
          fieldProblem={noProblem}
        />,
      );
    expect(screen.getAllByRole("button", { name: /^Link to/ })).toHaveLength(1);
  });

  it("is not offered to whom the connector does not belong", () => {
    fakeServer({});
    renderPart(
      <ParametersEditor
        connector={connector}
        endpoint={create}
        disabled
        onChange={() => {}}
        onLinked={() => {}}
        fieldProblem={noProblem}
      />,
    );
    expect(screen.queryByRole("button", { name: /^Link to/ })).toBeNull();
  });
});

describe("an enumerate value", () => {
  it("takes many values at once from the clipboard", async () => {
    const onSave = vi.fn();
    renderPart(<EnumerateDialog parameter={parameter("level", { type: "integer" })} onClose={() => {}} onSave={onSave} />);
    await userEvent.click(screen.getByRole("textbox", { name: "Value 1" }));
    await userEvent.paste("1 = High\n2 = Low\n3");
    await userEvent.click(screen.getByRole("button", { name: "Save" }));
    expect(onSave).toHaveBeenCalledWith({
      kind: "static",
      allowCustom: false,
      values: [
        { value: 1, label: "High" },
        { value: 2, label: "Low" },
        { value: 3, label: "3" },
      ],
    });
  });
});
