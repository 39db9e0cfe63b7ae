import { fireEvent, screen, waitFor } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { useState } from "react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Parameter } from "../../shared/connector/parameter.ts";
import type { DynamicLink, LinkOption, LinkOptions } from "../../shared/connector/parameter-link.ts";
import type { Json } from "../../shared/json.ts";
import { type Call, fakeServer } from "../testing/fake-server.ts";
import { renderPart } from "../testing/render-app.tsx";
import { LinkedSelect } from "./linked-select.tsx";
import type { LinkPlace } from "./linked-select-query.ts";
import { rowsInView } from "./linked-select-window.ts";

const path = "POST /connectors/tracker/endpoints/create/options";
const parameter: Parameter = { key: "project", name: "Project", in: "body", type: "integer", required: false };
const plain: DynamicLink = { kind: "dynamic", endpoint: "list", items: "", value: "id", args: {}, allowCustom: false };

type Shown = { value: Json | undefined; label: string | undefined };
let latest: Shown = { value: undefined, label: undefined };

function Harness({ link = {}, start, shownAs, place = {} }: HarnessProps) {
  const [shown, setShown] = useState<Shown>({ value: start, label: shownAs });
  const [workspace, setWorkspace] = useState("a");
  latest = shown;
  return (
    <>
      <div data-parameter="workspace">
        <input aria-label="Workspace" value={workspace} onChange={(event) => setWorkspace(event.target.value)} />
      </div>
      <label htmlFor="field">Project</label>
      <LinkedSelect
        control={{ id: "field", "aria-describedby": undefined, "aria-invalid": undefined }}
        parameter={parameter}
        link={{ ...plain, ...link }}
        place={{ connector: "tracker", endpoint: "create", connection: "con_1", inputs: { workspace }, ...place }}
        value={shown.value}
        shownAs={shown.label}
        disabled={false}
        onChange={(value, label) => setShown({ value, label })}
      />
    </>
  );
}
type HarnessProps = { link?: Partial<DynamicLink>; start?: Json; shownAs?: string; place?: Partial<LinkPlace> };

const listed = (options: LinkOption[], more: Partial<Extract<LinkOptions, { outcome: "listed" }>> = {}) => ({
  result: { outcome: "listed", options, complete: true, ...more },
});
const many = (count: number): LinkOption[] =>
  Array.from({ length: count }, (_, index) => ({ value: index + 1, label: `Project ${index + 1}` }));
const bodies = (calls: Call[]) =>
  calls.map(({ body }) => body as { search: string; pages?: number; value?: Json; version?: number });
const trigger = () => screen.getByRole("combobox", { name: "Project" });
const open = async () => userEvent.click(trigger());
const search = () => screen.getByPlaceholderText("Search");

beforeEach(() => {
  latest = { value: undefined, label: undefined };
});
afterEach(() => vi.unstubAllGlobals());

describe("ten thousand entries", () => {
  it("are never drawn but for those in view, wherever the list is", async () => {
    fakeServer({ [path]: listed(many(10_000)) });
    renderPart(<Harness />);
    await open();
    const first = await screen.findByRole("option", { name: /Project 1 / });
    expect(first).toHaveAttribute("aria-setsize", "10000");
    expect(screen.getAllByRole("option").length).toBeLessThanOrEqual(9);
    const list = screen.getByRole("listbox");
    list.scrollTop = 34 * 5_000 + 10;
    fireEvent.scroll(list);
    expect(screen.getByRole("option", { name: /Project 5001 / })).toHaveAttribute("aria-posinset", "5001");
    expect(screen.getAllByRole("option").length).toBeLessThanOrEqual(9);
    await userEvent.type(search(), "9999");
    await userEvent.click(screen.getByRole("option", { name: /Project 9999 / }));
    expect(latest).toEqual({ value: 9_999, label: "Project 9999" });
  });

  it.each([
    [0, { first: 0, count: 8, startPx: 0 }],
    [10, { first: 0, count: 9, startPx: 0 }],
    [40, { first: 1, count: 8, startPx: 40 }],
    [999_999, { first: 92, count: 8, startPx: 3_680 }],
  ])("scrolled by %i pixels are these", (top, rows) =>
    expect(rowsInView({ top, heightPx: 320, rowPx: 40, rows: 100 })).toEqual(rows),
  );

  it("of a short list are all there are", () =>
    expect(rowsInView({ top: 0, heightPx: 80, rowPx: 40, rows: 2 })).toEqual({ first: 0, count: 2, startPx: 0 }));
});

describe("an entry", () => {
  const options = [
    { value: 1, label: "Apollo", description: "of Ada" },
    { value: 2, label: "Gemini", disabled: true },
    { value: 3, label: "Mercury" },
  ];

  it("has a second line, and one that is not available cannot be chosen", async () => {
    fakeServer({ [path]: listed(options) });
    renderPart(<Harness />);
    await open();
    expect(await screen.findByText("of Ada")).toBeVisible();
    await userEvent.click(screen.getByRole("option", { name: /Gemini/ }));
    expect(latest.value).toBeUndefined();
    expect(screen.getByRole("option", { name: /Gemini/ })).toHaveAttribute("aria-disabled", "true");
  });

  it("is walked to with the arrow keys and chosen with Enter", async () => {
    fakeServer({ [path]: listed(options) });
    renderPart(<Harness />);
    await open();
    await screen.findByText("of Ada");
    search().focus();
    await userEvent.keyboard("{ArrowDown}{Enter}");
    expect(latest.value).toBeUndefined();
    await userEvent.keyboard("{ArrowDown}{Enter}");
    expect(latest).toEqual({ value: 3, label: "Mercury" });
    expect(trigger()).toHaveTextContent("Mercury");
  });

  it("that was chosen and is barred by now is struck through, with words", async () => {
    fakeServer({ [path]: listed(options) });
    renderPart(<Harness start={2} shownAs="Gemini" />);
    await open();
    expect(await screen.findByText("“Gemini” is not available any more: choose another")).toBeVisible();
    expect(latest.value).toBe(2);
  });

  it("may be one of one's own where the link allows it, in the parameter's type", async () => {
    fakeServer({ [path]: listed(options) });
    renderPart(<Harness link={{ allowCustom: true }} />);
    await open();
    await userEvent.type(search(), "x");
    expect(screen.queryByRole("option", { name: /Use/ })).toBeNull();
    await userEvent.clear(search());
    await userEvent.type(search(), "77");
    await userEvent.click(screen.getByRole("option", { name: "Use “77”" }));
    expect(latest.value).toBe(77);
  });
});

describe("another parent", () => {
  const dependent = { args: { workspace: { from: "workspace" } } };
  const byWorkspace = ({ body }: Call) => {
    const { workspace } = (body as { inputs: { workspace: string } }).inputs;
    return listed(workspace === "a" ? [{ value: 1, label: "Apollo" }] : [{ value: workspace === "ab" ? 1 : 2, label: "Other" }]);
  };

  it("keeps a value that is in its list too, and strikes through one that is not, never taking it away", async () => {
    const server = fakeServer({ [path]: byWorkspace });
    renderPart(<Harness link={dependent} start={1} shownAs="Apollo" />);
    expect(server.callsTo(path)).toHaveLength(0);
    await userEvent.type(screen.getByLabelText("Workspace"), "b");
    await waitFor(() => expect(trigger()).toHaveTextContent("Other"));
    expect(screen.queryByRole("alert")).toBeNull();
    await userEvent.type(screen.getByLabelText("Workspace"), "c");
    expect(await screen.findByText("“Apollo” is not in the list any more: choose another")).toBeVisible();
    expect(latest.value).toBe(1);
  });

  it("shows nothing of the list before", async () => {
    const held = Promise.withResolvers<unknown>();
    const answers = (call: Call) => (JSON.stringify(call.body).includes('"ab"') ? held.promise : byWorkspace(call));
    fakeServer({ [path]: answers });
    renderPart(<Harness link={dependent} />);
    await open();
    expect(await screen.findByRole("option", { name: /Apollo/ })).toBeVisible();
    fireEvent.change(screen.getByLabelText("Workspace"), { target: { value: "ab" } });
    expect(await screen.findByText("Asking the API …")).toBeVisible();
    expect(screen.queryByRole("option")).toBeNull();
    held.resolve(listed([{ value: 1, label: "Late" }]));
    expect(await screen.findByRole("option", { name: /Late/ })).toBeVisible();
  });
});

describe("a search by the API", () => {
  const searched = { search: "q", searchMinimum: 3 };

  it("is sent once it is long enough; before that the list is searched here", async () => {
    const server = fakeServer({
      [path]: ({ body }: Call) =>
        (body as { search: string }).search === ""
          ? listed(many(20), { complete: false })
          : listed([{ value: 500, label: "Found" }]),
    });
    renderPart(<Harness link={searched} />);
    await open();
    await screen.findByRole("option", { name: /Project 1 / });
    await userEvent.type(search(), "20");
    expect(screen.getAllByRole("option")).toHaveLength(1);
    expect(server.callsTo(path)).toHaveLength(1);
    await userEvent.type(search(), "00");
    expect(await screen.findByRole("option", { name: /Found/ })).toBeVisible();
    expect(bodies(server.callsTo(path)).map((body) => body.search)).toEqual(["", "2000"]);
  });

  it("never shows a late answer to an earlier question", async () => {
    const held = Promise.withResolvers<unknown>();
    const server = fakeServer({
      [path]: ({ body }: Call) => {
        const { search: words } = body as { search: string };
        return words === "abc" ? held.promise : listed([{ value: 1, label: `for ${words}` }], { complete: false });
      },
    });
    renderPart(<Harness link={searched} />);
    await open();
    await userEvent.type(search(), "abc");
    await waitFor(() => expect(bodies(server.callsTo(path)).at(-1)?.search).toBe("abc"));
    await userEvent.type(search(), "d");
    expect(await screen.findByRole("option", { name: /for abcd/ })).toBeVisible();
    held.resolve(listed([{ value: 9, label: "late" }]));
    await userEvent.type(search(), "e");
    expect(await screen.findByRole("option", { name: /for abcde/ })).toBeVisible();
    expect(screen.queryByText("late")).toBeNull();
  });
});

describe("a list that goes on", () => {
  const first = listed(many(200), { complete: false, paging: { pages: 5, more: true } });

  it("says how many there are, loads more of them, and begins anew with a search", async () => {
    const server = fakeServer({
      [path]: ({ body }: Call) =>
        (body as { pages?: number }).pages === 10 ? listed(many(300), { paging: { pages: 8, more: false } }) : first,
    });
    renderPart(<Harness link={{ search: "q" }} />);
    await open();
    expect(await screen.findByText("The first 200 of many: type to search.")).toBeVisible();
    await userEvent.click(screen.getByRole("button", { name: "Load more" }));
    await waitFor(() => expect(screen.queryByText(/of many/)).toBeNull());
    expect(screen.getAllByRole("option")[0]).toHaveAttribute("aria-setsize", "300");
    await userEvent.type(search(), "Project");
    await waitFor(() => expect(bodies(server.callsTo(path)).at(-1)).toMatchObject({ search: "Project" }));
    expect(bodies(server.callsTo(path)).map(({ pages }) => pages)).toEqual([undefined, 10, undefined]);
    expect(await screen.findByRole("button", { name: "Load more" })).toBeVisible();
  });

  it("has a value looked up that is not among its entries", async () => {
    const resolve = { endpoint: "one", argument: "id", item: "" };
    const server = fakeServer({ [path]: { result: { ...first.result, chosen: { value: 900, label: "Nine hundred" } } } });
    renderPart(<Harness link={{ resolve }} start={900} />);
    await waitFor(() => expect(trigger()).toHaveTextContent("Nine hundred"));
    expect(bodies(server.callsTo(path))).toMatchObject([{ value: 900 }]);
  });

  it("has a value struck through that the API does not find", async () => {
    const resolve = { endpoint: "one", argument: "id", item: "" };
    fakeServer({ [path]: { result: { ...first.result, chosen: null } } });
    renderPart(<Harness link={{ resolve }} start={900} />);
    expect(await screen.findByText("“900” is not in the list any more: choose another")).toBeVisible();
  });
});

describe("what stands in the way", () => {
  const failed = { outcome: "failed", status: 500, message: "answered 500", retryAfterMs: null };

  it("is a connection, which can be added", async () => {
    fakeServer({ [path]: { result: { outcome: "needs-connection" } } });
    renderPart(<Harness place={{ connection: null, onConnection: () => {} }} />);
    await open();
    await userEvent.click(await screen.findByRole("button", { name: "Add connection" }));
    expect(await screen.findByRole("dialog", { name: "Add connection" })).toBeVisible();
  });

  it("is another parameter, whose field is one press away", async () => {
    const parameters = [{ key: "workspace", name: "Workspace" }];
    fakeServer({ [path]: { result: { outcome: "needs-parameters", parameters } } });
    renderPart(<Harness />);
    await open();
    expect(await screen.findByText("Choose “Workspace” first.")).toBeVisible();
    await userEvent.click(screen.getByRole("button", { name: "Go to “Workspace”" }));
    await waitFor(() => expect(screen.getByLabelText("Workspace")).toHaveFocus());
  });

  it("is the connection's authorization, which is renewed elsewhere", async () => {
    fakeServer({ [path]: { result: { ...failed, status: 401, reason: "unauthorized" } } });
    renderPart(<Harness />);
    await open();
    expect(await screen.findByText("The API does not accept this connection any more.")).toBeVisible();
    expect(screen.getByRole("link", { name: "Reconnect …" })).toHaveAttribute("href", "/connections");
  });

  it("is a limit, and nobody can ask again before its wait is over", async () => {
    fakeServer({ [path]: { result: { ...failed, status: 429, reason: "rate-limited", retryAfterMs: 60_000 } } });
    renderPart(<Harness />);
    await open();
    expect(await screen.findByText(/asked again in (60|59) s/)).toBeVisible();
    expect(screen.getByRole("button", { name: "Try again" })).toBeDisabled();
  });

  it("is the API, by whose request id the call is found; it is asked again, and not its kept answer", async () => {
    const server = fakeServer({ [path]: { result: { ...failed, requestId: "req-77" } } });
    renderPart(<Harness />);
    await open();
    expect(await screen.findByText("Request id req-77")).toBeVisible();
    server.answers[path] = listed(many(2));
    await userEvent.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByRole("option", { name: /Project 2 / })).toBeVisible();
    expect(server.callsTo(path).map(({ body }) => (body as { refresh: boolean }).refresh)).toEqual([false, true]);
  });

  it("is an answer that the link does not fit, which is shown", async () => {
    fakeServer({ [path]: { result: { outcome: "mismatch", message: '"data" is no list', answer: { rows: "strange" } } } });
    renderPart(<Harness />);
    await open();
    await userEvent.click(await screen.findByRole("button", { name: "Show the answer" }));
    expect(screen.getByText(/strange/)).toBeVisible();
  });
});

it("asks in the version of the connector that the flow uses", async () => {
  const server = fakeServer({ [path]: listed(many(1)) });
  renderPart(<Harness place={{ version: 3 }} />);
  await open();
  await screen.findByRole("option", { name: /Project 1/ });
  expect(bodies(server.callsTo(path))).toMatchObject([{ version: 3 }]);
});
