import { describe, expect, it } from "vitest";
import type { DynamicLink } from "../../../shared/connector/parameter-link.ts";
import { draftOf, linkOf, withLinked } from "./link-draft.ts";
import { listPlaces } from "./list-places.ts";

const places = listPlaces({ responseSample: { data: [{ id: 1, name: "x", key: "y", archived: false }], other: [{ id: 2 }] } });
const whole: DynamicLink = {
  kind: "dynamic",
  endpoint: "list",
  items: "data",
  value: "id",
  label: "{name} ({key})",
  description: "key",
  disabledWhen: "archived",
  args: { of: { from: "of" } },
  search: "q",
  searchMinimum: 3,
  maxPages: 9,
  resolve: { endpoint: "one", argument: "id", item: "data" },
  keepSeconds: 60,
  validateAtRun: "off",
  allowCustom: true,
};
const least: DynamicLink = { kind: "dynamic", endpoint: "list", items: "data", value: "id", args: {}, allowCustom: false };

describe("a link in its window", () => {
  it.each<[what: string, link: DynamicLink]>([
    ["with everything", whole],
    ["with nothing but what it needs", least],
    ["shown by another place", { ...least, label: "name" }],
  ])("%s is saved as it was opened", (_, link) => expect(linkOf(draftOf(link), places)).toEqual(link));

  it("is none without a linked parameter, or with one that the answer has not", () => {
    expect(linkOf(draftOf(null), places)).toBeNull();
    expect(linkOf(draftOf({ ...least, value: "gone" }), places)).toBeNull();
  });

  it("leaves out a display parameter of another list", () => {
    expect(linkOf({ ...draftOf(least), shown: { as: "place", place: '["other","id"]' } }, places)).toEqual(least);
  });

  it("begins anew with another endpoint, and keeps what does not depend on it", () => {
    expect(withLinked(draftOf(whole), "other")).toMatchObject({
      linked: "other",
      place: null,
      args: {},
      search: null,
      resolve: null,
      keepSeconds: 60,
      checked: false,
      allowCustom: true,
    });
  });
});
