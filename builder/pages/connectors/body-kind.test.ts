import { describe, expect, it } from "vitest";
import type { Endpoint } from "../../../shared/connector/endpoint.ts";
import { contentTypeOf, fieldsFromSample, withBodyKind, withSampleFields } from "./body-kind.ts";

const endpoint: Endpoint = {
  key: "create",
  name: "Create",
  method: "POST",
  path: "/items/{id}",
  parameters: [
    { key: "id", name: "Id", in: "path", type: "string", required: true },
    { key: "title", name: "The title", in: "body", type: "string", required: true },
    { key: "photo", name: "Photo", in: "body", type: "string", required: false, file: true },
  ],
  body: { as: "multipart" },
};
const keys = ({ parameters }: Endpoint) => parameters.map(({ key }) => key);

describe("the kind of a body", () => {
  it("says what is sent, and nothing where nothing is", () => {
    expect(contentTypeOf(endpoint)).toBe("multipart/form-data");
    expect(contentTypeOf({ ...endpoint, body: { as: "raw", contentType: "text/csv" } })).toBe("text/csv");
    expect(contentTypeOf({ ...endpoint, method: "GET" })).toBeNull();
    expect(contentTypeOf({ ...endpoint, parameters: [] })).toBeNull();
  });

  it("is one parameter where the body is whole, and has its fields again afterwards", () => {
    const whole = withBodyKind(endpoint, "value", []);
    expect(whole.body).toEqual({ as: "value" });
    expect(whole.parameters.at(-1)).toMatchObject({ key: "body", type: "object", required: true });
    expect(keys(whole)).toEqual(["id", "body"]);
    const text = withBodyKind(whole, "raw", []);
    expect(text.parameters.at(-1)).toMatchObject({ key: "body", type: "string" });
    const fields = endpoint.parameters.filter(({ in: place }) => place === "body");
    expect(keys(withBodyKind(text, "json", fields))).toEqual(["id", "title", "photo"]);
  });

  it("takes along what only that kind knows", () => {
    const form = withBodyKind(endpoint, "form", []);
    expect(form.parameters.some(({ file }) => file)).toBe(false);
    expect(withBodyKind(form, "json", []).body).toBeUndefined();
  });
});

describe("fields from a sample", () => {
  it("have types, names in words, and the sample's values as examples", () => {
    expect(fieldsFromSample({ firstName: "Ada", age: 36, tags: ["a"], note: null })).toEqual({
      fields: [
        { key: "firstName", name: "First name", in: "body", type: "string", required: false, example: "Ada" },
        { key: "age", name: "Age", in: "body", type: "integer", required: false, example: 36 },
        {
          key: "tags",
          name: "Tags",
          in: "body",
          type: "array",
          required: false,
          schema: { type: "array", items: { type: "string" } },
          example: ["a"],
        },
        { key: "note", name: "Note", in: "body", type: "string", required: false },
      ],
    });
  });

  it.each([[[1]], ["text"], [null], [{}]])("are not read from %j", (sample) => {
    expect(fieldsFromSample(sample)).toHaveProperty("problem");
  });

  it("are added to those that are there, which keep their names", () => {
    const read = fieldsFromSample({ title: 5, state: "open" });
    const next = withSampleFields(endpoint, "fields" in read ? read.fields : []);
    expect(keys(next)).toEqual(["id", "title", "photo", "state"]);
    expect(next.parameters[1]).toMatchObject({ name: "The title", required: true, type: "integer", example: 5 });
  });
});
