import { describe, expect, it } from "vitest";
import { providerNamed } from "./providers/providers.ts";
import { recipeOfZoomFields, ZoomFields, zoomFieldsOf } from "./zoom-fields.ts";

const fields = ZoomFields.parse({ key: "zoom_signature", prefix: "x-", algorithm: "sha256", encoding: "base64" });

describe("Zoom's five fields", () => {
  it("put the prefix in front of the header's name, not of its value (Z75)", () => {
    expect(recipeOfZoomFields(fields)).toMatchObject({
      kind: "hmac",
      algorithm: "sha256",
      encoding: "base64",
      signature: { places: [{ in: "header", name: "x-zoom_signature" }], valuePrefix: "" },
      signedContent: [{ part: "body" }],
    });
  });

  it("without an algorithm are equality with a shared token (Z73)", () => {
    expect(recipeOfZoomFields({ key: "token", prefix: "" })).toMatchObject({
      kind: "token",
      signature: { places: [{ in: "header", name: "token" }] },
    });
  });

  it("take hex where an algorithm is named without an encoding", () => {
    expect(recipeOfZoomFields({ key: "s", prefix: "", algorithm: "sha1" })).toMatchObject({ algorithm: "sha1", encoding: "hex" });
  });

  it.each<ZoomFields>([fields, { key: "token", prefix: "" }, { key: "s", prefix: "", algorithm: "sha512", encoding: "hex" }])(
    "come back out of the recipe that they made (%#)",
    (given) => {
      expect(zoomFieldsOf(recipeOfZoomFields(given), given.prefix)).toEqual(given);
    },
  );

  it.each(["github", "stripe", "zoom", "twilio", "discord", "pipedrive", "url-secret", "microsoft-graph"])(
    "cannot say what the recipe of %s says",
    (key) => {
      const provider = providerNamed(key);
      expect(provider && zoomFieldsOf(provider.recipe)).toBeNull();
    },
  );

  it.each([
    [{ key: "a b" }, "key"],
    [{ key: "" }, "key"],
    [{ key: "sig", prefix: "x:" }, "key"],
    [{ key: "k".repeat(100), prefix: "p".repeat(100) }, "key"],
    [{ key: "sig", algorithm: "md5" }, "algorithm"],
  ])("refuse %j, naming the field", (given, field) => {
    const issues = ZoomFields.safeParse(given).error?.issues ?? [];
    expect(new Set(issues.map(({ path }) => path.join(".")))).toEqual(new Set([field]));
  });
});
