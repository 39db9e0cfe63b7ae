import { expect, test } from "vitest";
import { inferSchema } from "./infer-schema.ts";
import { suggestEnums, withEnum } from "./suggest-enums.ts";

const issues = ["open", "closed", "open", "open", "closed", "open"].map((state, index) => ({
  state,
  title: `Issue ${index}`,
  level: index % 2,
  note: index === 0 ? null : "same",
}));

test("suggests the values of a field that come again and again, those of other samples too", () => {
  expect(suggestEnums([{ data: issues }, { data: [{ ...issues[0], state: "new" }] }])).toEqual([
    { path: "data[].state", values: ["closed", "new", "open"] },
  ]);
});

test("the same items in several samples are no repetition", () => {
  const people = ["Ada", "Bob", "Cy"].map((name) => ({ name }));
  expect(suggestEnums([people, people, people])).toEqual([]);
});

test("suggests nothing for few values, for one, and for texts of any kind", () => {
  expect(suggestEnums([{ data: issues.slice(0, 5) }])).toEqual([]);
  expect(suggestEnums(["2024-01-01", "2024-01-02", "2024-01-01", "2024-01-02", "2024-01-01", "2024-01-02"])).toEqual([]);
});

test("puts them into the schema where the field is", () => {
  const schema = inferSchema([{ data: issues }]);
  expect(withEnum(schema, { path: "data[].state", values: ["closed", "open"] })).toMatchObject({
    properties: { data: { items: { properties: { state: { type: "string", enum: ["closed", "open"] } } } } },
  });
  expect(withEnum(schema, { path: "nothing.here", values: ["a"] })).toEqual(schema);
});
