import { describe, expect, it } from "vitest";
import { OAuth2 } from "../../shared/connector/oauth2.ts";
import { publishConnector } from "../connectors/publish-connector.ts";
import { createIds } from "../ids.ts";
import { openTestDatabase } from "../testing/open-test-database.ts";
import { testConnector } from "../testing/test-engine.ts";
import { credentialsOrigins, foreignCredentials, hostPattern, rememberOrigins, withNamedHost } from "./credentials-origin.ts";

it("gives older connections the origin of their connector's newest version, and leaves what is known", async () => {
  const { pair, clock, close } = await openTestDatabase();
  const { sql } = pair;
  const deps = { sql, clock, ids: createIds(clock) };
  await publishConnector(deps, "wsp_1", { ...testConnector, baseUrl: "https://old.example.com/v1" });
  const { connector } = await publishConnector(deps, "wsp_1", { ...testConnector, baseUrl: "https://API.example.com:443/v2/" });
  for (const [id, target, origin] of [
    ["con_1", "live", null],
    ["con_2", "live", "https://elsewhere.example.com"],
    ["con_3", "sandbox", null],
  ] as const)
    await sql.commit([
      {
        text: `INSERT INTO connections (id, workspace_id, connector_id, name, target, credentials, created_at, origin)
          VALUES ($1, 'wsp_1', $2, $1, $3, '', 0, $4)`,
        params: [id, connector, target, origin],
      },
    ]);
  await rememberOrigins(sql);
  expect(await sql.read("SELECT id, origin FROM connections ORDER BY id")).toEqual([
    { id: "con_1", origin: "https://api.example.com" },
    { id: "con_2", origin: "https://elsewhere.example.com" },
    { id: "con_3", origin: null },
  ]);
  await close();
});

const place = { target: "live", variables: {}, baseUrl: null } as const;
const metadata = { instance_url: "instance_url" };
const variables = [{ key: "instance_url", label: "Instance", hostSuffixes: [".example.com"] }];
const auth = OAuth2.parse({
  kind: "oauth2",
  grant: "client-credentials",
  tokenUrl: "https://login.example.com/token?v=1",
  refreshUrl: "https://refresh.example.com/token",
  identity: { url: "https://who.example.com/me", parameter: "name" },
  metadata,
});

describe("credentials of OAuth", () => {
  const connector = { ...testConnector, baseUrl: "https://api.example.com/v1", auth };

  it("are for the base URL, the token URLs and the identity endpoint, and for no other", () => {
    const origin = credentialsOrigins(connector, place);
    expect(origin).toBe("https://api.example.com https://login.example.com https://refresh.example.com https://who.example.com");
    const at = (to: string) => foreignCredentials(connector, { target: "live", origin }, to);
    expect(at("https://who.example.com")).toBeNull();
    for (const to of ["https://evil.example", "https://login.example.co", "http://login.example.com", "https://example.com"])
      expect(at(to)).toContain(`enter them again to use them at ${to}`);
  });

  it("go to the host that the token response names only where that was so when they were entered", () => {
    const named = { ...connector, baseUrl: "https://{instance_url}/v1", variables };
    const origins = credentialsOrigins(named, place);
    const values = { instance_url: "https://eu1.example.com" };
    expect(withNamedHost(origins, named, values)).toBe(`${origins} https://eu1.example.com`);
    expect(withNamedHost(`${origins} https://eu1.example.com`, named, values)).toBe(`${origins} https://eu1.example.com`);
    // Somebody has changed the connector since.
    for (const changed of [
      { ...named, baseUrl: "https://{instance_url}.evil.example" },
      { ...named, variables: [{ key: "instance_url", label: "Instance" }] },
      { ...named, auth: { ...auth, metadata: { instance_url: "profile.website" } } },
    ])
      expect(withNamedHost(origins, changed, { instance_url: "evil" })).toBe(origins);
    expect(withNamedHost(credentialsOrigins(connector, place), named, values)).not.toContain("eu1");
  });
});

it("a pattern of hosts is the same for two URLs only when their values can go to the same ones", () => {
  const shop = [{ key: "shop", label: "Shop" }];
  expect(hostPattern("https://{shop}.example.com/a?b", shop)).toBe(hostPattern("https://{shop}.example.com/c", shop));
  const others = [
    hostPattern("https://{shop}.example.org", shop),
    hostPattern("http://{shop}.example.com", shop),
    hostPattern("https://{shop}.example.com", [{ key: "shop", label: "Shop", values: ["a b"] }]),
    hostPattern("https://{shop}.example.com", [{ key: "shop", label: "Shop", hostSuffixes: [".x"] }]),
  ];
  expect(new Set([hostPattern("https://{shop}.example.com", shop), ...others]).size).toBe(5);
  expect(others.join("")).not.toContain(" ");
});
