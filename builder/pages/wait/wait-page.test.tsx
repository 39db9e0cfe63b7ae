import { screen } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { expect, it } from "vitest";
import type { WaitPage } from "../../../shared/api/waits.ts";
import { type Call, fakeServer, Refused } from "../../testing/fake-server.ts";
import { renderApp } from "../../testing/render-app.tsx";

const page: WaitPage = {
  kind: "approval",
  title: "Pay Mira?",
  description: "For the trip.",
  form: [
    { key: "amount", name: "Amount", type: "number", required: true },
    { key: "card", name: "By card", type: "yes-no", required: false },
  ],
  state: "waiting",
  until: Date.now() + 3_600_000,
  answer: null,
  as: null,
};
const answer = { signal: "approved" as const, by: "Ada", at: Date.now(), comment: "fine" };

it("an approval says what is missing, sends what was filled in, and then who decided", async () => {
  const server = fakeServer({
    "GET /waits/abc": page,
    "POST /waits/abc/decision": (call: Call) => ({ ...page, state: "answered", answer, sent: call.body }),
  });
  renderApp("/w/abc");
  expect(await screen.findByRole("heading", { name: "Pay Mira?" })).toBeVisible();
  await userEvent.click(screen.getByRole("button", { name: "Approve" }));
  expect(await screen.findByText('"Amount" is required')).toBeVisible();
  expect(server.callsTo("POST /waits/abc/decision")).toEqual([]);
  await userEvent.type(screen.getByLabelText(/^Amount/), "12.5");
  await userEvent.type(screen.getByLabelText("Comment"), "fine");
  await userEvent.click(screen.getByRole("button", { name: "Approve" }));
  expect(await screen.findByRole("status")).toHaveTextContent(/Approved.*By Ada.*fine/);
  expect(server.callsTo("POST /waits/abc/decision")[0]?.body).toEqual({
    decision: "approved",
    form: { amount: 12.5, card: false },
    comment: "fine",
  });
});

it("a rejection needs no form, and one that came too late shows what was decided", async () => {
  let now: WaitPage = page;
  fakeServer({
    "GET /waits/abc": () => now,
    "POST /waits/abc/decision": () => {
      now = { ...page, state: "answered", answer };
      return new Refused(409, "conflict", "somebody was faster: it has been answered already");
    },
  });
  renderApp("/w/abc");
  await userEvent.click(await screen.findByRole("button", { name: "Reject" }));
  expect(await screen.findByRole("status")).toHaveTextContent("Approved");
});

it("opening the link of a wait answers nothing; the button does", async () => {
  const wait: WaitPage = { ...page, kind: "wait", title: "Their call", description: "", form: [] };
  const server = fakeServer({
    "GET /waits/abc": wait,
    "POST /waits/abc/resume": { ...wait, state: "answered", answer: { ...answer, signal: "resumed", by: null, comment: "" } },
  });
  renderApp("/w/abc");
  const button = await screen.findByRole("button", { name: "Continue" });
  expect(server.calls.filter(({ method }) => method !== "GET")).toEqual([]);
  await userEvent.click(button);
  expect(await screen.findByRole("status")).toHaveTextContent("By somebody who has the link");
});

it("says why it shows nothing to whoever may not decide", async () => {
  fakeServer({ "GET /waits/abc": new Refused(403, "forbidden", "Eve is not one of those who may decide this") });
  renderApp("/w/abc");
  expect(await screen.findByText(/Eve is not one of those/)).toBeVisible();
});
