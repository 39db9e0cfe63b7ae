import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

type Issue = { id: number; project: number; type: string; title: string; priority: string };
export type Tracker = {
  url: string;
  /** `host:port`, for PATCHBAY_ALLOW_HTTP. */
  host: string;
  apiKey: string;
  /** What was created through the API, by somebody with the key. */
  issues: Issue[];
  /** Requests without the right key. */
  refused: number;
  /** Every request with the key, as `METHOD /path?query`. */
  requests: string[];
  /** Its OpenAPI 3.1 description, as a vendor would publish it: YAML with references, one of them circular. */
  specification(): string;
  close(): Promise<void>;
};

const projects = [
  { id: 7, name: "Apollo", archived: false },
  { id: 8, name: "Zephyr", archived: false },
];
const types: Record<number, string[]> = { 7: ["bug", "wish"], 8: ["story"] };

/** A small issue tracker that is strict about what it receives: wrong key, unknown project, missing title are refused. */
export async function startTracker(): Promise<Tracker> {
  const apiKey = "tracker-key-0123456789";
  const issues: Issue[] = [];
  const requests: string[] = [];
  let refused = 0;

  const server = createServer((request, response) => void answer(request, response));
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://tracker");
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const say = (status: number, body: unknown) =>
      response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
    if (request.headers["x-api-key"] !== apiKey) {
      refused++;
      say(401, { message: "The API key is not valid" });
      return;
    }
    requests.push(`${request.method} ${url.pathname}${url.search}`);
    const [, first, id, second] = url.pathname.split("/");
    const project = projects.find((each) => String(each.id) === id);
    if (request.method === "GET" && first === "me") return void say(200, { login: "ada", team: { name: "Engines" } });
    if (request.method === "GET" && first === "projects" && id === undefined)
      return void say(200, { total: 2, values: projects });
    if (first === "projects" && !project) return void say(404, { message: `There is no project ${id}` });
    if (request.method === "GET" && second === "types")
      return void say(
        200,
        (types[Number(id)] ?? []).map((key) => ({ key, label: key.toUpperCase() })),
      );
    if (request.method === "POST" && second === "issues") {
      const body = JSON.parse(Buffer.concat(chunks).toString("utf8")) as Partial<Issue>;
      if (typeof body.title !== "string" || body.title === "") return void say(400, { message: "title is required" });
      const issue = {
        id: 100 + issues.length,
        project: Number(id),
        type: String(body.type ?? ""),
        title: body.title,
        priority: String(body.priority ?? ""),
      };
      issues.push(issue);
      return void say(201, { issue, url: `http://tracker/issues/${issue.id}` });
    }
    say(404, { message: "There is nothing here" });
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // A listening TCP server has an address object.
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    host: `127.0.0.1:${port}`,
    apiKey,
    issues,
    requests,
    get refused() {
      return refused;
    },
    specification: () => specification(url),
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function specification(url: string): string {
  return `openapi: 3.1.0
info:
  title: Issue tracker
  description: Projects and their issues.
  version: "1"
servers:
  - url: ${url}
security:
  - key: []
paths:
  /me:
    get:
      operationId: getMe
      summary: Who am I
      responses:
        "200": { description: The account, content: { application/json: { schema: { $ref: "#/components/schemas/Account" } } } }
  /projects:
    get:
      operationId: listProjects
      summary: List projects
      responses:
        "200": { description: The projects }
  /projects/{project}/types:
    parameters:
      - { name: project, in: path, required: true, schema: { type: integer } }
    get:
      operationId: listTypes
      summary: List issue types
      responses:
        "200":
          description: The types
          content:
            application/json:
              schema:
                type: array
                items:
                  type: object
                  required: [key, label]
                  properties: { key: { type: string }, label: { type: string } }
  /projects/{project}/issues:
    post:
      operationId: createIssue
      summary: Create issue
      parameters:
        - { name: project, in: path, required: true, schema: { type: integer } }
      requestBody:
        required: true
        content:
          application/json:
            schema:
              type: object
              required: [title]
              properties:
                title: { type: string }
                type: { type: string }
                priority: { type: string }
      responses:
        "201": { description: The issue, content: { application/json: { schema: { $ref: "#/components/schemas/Created" } } } }
  /projects/{project}/avatar:
    put:
      operationId: setAvatar
      summary: Set the avatar
      parameters:
        - { name: project, in: path, required: true, schema: { type: integer } }
      requestBody:
        required: true
        content: { image/png: { schema: { type: string, format: binary } } }
      responses: { "204": { description: Done } }
components:
  securitySchemes:
    key: { type: apiKey, in: header, name: X-Api-Key }
  schemas:
    Account:
      type: object
      properties:
        login: { type: string }
        team: { $ref: "#/components/schemas/Team" }
    Team:
      type: object
      properties:
        name: { type: string }
        members: { type: array, items: { $ref: "#/components/schemas/Account" } }
    Created:
      type: object
      properties:
        issue:
          type: object
          properties: { id: { type: integer }, project: { type: integer }, title: { type: string }, type: { type: string } }
        url: { type: string }
`;
}
