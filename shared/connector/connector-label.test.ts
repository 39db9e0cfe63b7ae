import { expect, test } from "vitest";
import { ConnectorLabel } from "../api/runs.ts";
import { connectorLabel } from "./connector-label.ts";

const endpoint = { key: "read", name: "Read", method: "GET" as const, path: "/read", parameters: [], sample: { secret: 1 } };
const logo = { sha256: "a".repeat(64), media: "image/svg+xml" as const, width: 420, height: 120 };

test("a canvas is given names and the picture of a connector, where it has one, and no more", () => {
  const label = connectorLabel({ key: "shop", name: "Shop", logo, endpoints: [endpoint] });
  expect(label).toEqual({
    key: "shop",
    name: "Shop",
    logo,
    endpoints: [{ key: "read", name: "Read", method: "GET", path: "/read" }],
  });
  expect(ConnectorLabel.parse(label)).toEqual(label);
  expect(connectorLabel({ key: "shop", name: "Shop", endpoints: [] })).not.toHaveProperty("logo");
});
