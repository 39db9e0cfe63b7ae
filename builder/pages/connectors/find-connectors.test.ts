import { expect, test } from "vitest";
import type { ConnectorSummary } from "../../../shared/api/connectors.ts";
import { findConnectors } from "./find-connectors.ts";

const connector = (name: string, more: Partial<ConnectorSummary> = {}): ConnectorSummary => ({
  key: name.toLowerCase(),
  name,
  description: "",
  origin: "custom",
  auth: "OAuth 2.0",
  endpoints: [],
  connections: 0,
  flows: 0,
  updatedAt: 0,
  ...more,
});
const all = [
  connector("Tracker", { description: "Issues of our projects" }),
  connector("Mailer", { listed: true, flows: 1, category: "Marketing / Email & Campaigns", auth: "API key" }),
];
const found = (typed: string) => findConnectors(all, typed).map(({ name }) => name);

test("a connector is found by any words of its name, description, category, authentication and state", () => {
  expect(found(" ")).toEqual(["Tracker", "Mailer"]);
  expect(found("ISSUES track")).toEqual(["Tracker"]);
  expect(found("marketing")).toEqual(["Mailer"]);
  expect(found("api key")).toEqual(["Mailer"]);
  expect(found("in use")).toEqual(["Mailer"]);
  expect(found("published api")).toEqual(["Mailer"]);
  expect(found("ready")).toEqual(["Tracker"]);
  expect(found("issues mailer")).toEqual([]);
});
