/** A specification as vendors write them: operations over schemas that refer to one another, some in circles, with descriptions. */
export function largeSpecification(bytes: number, operations: number): Record<string, unknown> {
  const schemas: Record<string, unknown> = {};
  const words = "The value that the service has stored for this field, as it was when the resource was last changed. ";
  const ref = (n: number) => ({ $ref: `#/components/schemas/S${n}` });
  for (let size = 0, n = 0; size < bytes; n += 1) {
    const schema = {
      type: "object",
      description: words,
      required: ["id"],
      properties: Object.fromEntries([
        ["id", { type: "string", description: words }],
        ...Array.from({ length: 12 }, (_, field) => [
          `field_${field}`,
          { type: field % 2 ? "integer" : "string", description: words },
        ]),
        ["parent", ref(Math.max(0, n - 1))],
        ["peers", { type: "array", items: ref(n) }],
      ]),
    };
    schemas[`S${n}`] = schema;
    size += JSON.stringify(schema).length;
  }
  const names = Object.keys(schemas).length;
  const paths = Object.fromEntries(
    Array.from({ length: operations }, (_, n) => [
      `/resources-${n}/{id}`,
      {
        post: {
          operationId: `update_${n}`,
          summary: `Update resource ${n}`,
          parameters: [{ name: "id", in: "path", required: true, schema: { type: "string" } }],
          requestBody: { content: { "application/json": { schema: ref(n % names) } } },
          responses: { "200": { description: "Done", content: { "application/json": { schema: ref((n * 7) % names) } } } },
        },
      },
    ]),
  );
  return {
    openapi: "3.0.3",
    info: { title: "A large API", version: "1" },
    servers: [{ url: "https://api.example.com" }],
    paths,
    components: { schemas },
  };
}
