import { describe, expect, it } from "vitest";
import { providerNamed } from "../../../shared/event/providers/providers.ts";
import { SignatureRecipe } from "../../../shared/event/signature-recipe.ts";
import { signedContentShown } from "./show-signed-content.ts";

const url = "https://hooks.example.test/hooks/hook_1?a=b";

describe("the signed string that is shown", () => {
  it.each<[string, Record<string, string>, string, string]>([
    ["stripe", { "stripe-signature": "t=1,v1=00" }, "{}", "1.{}"],
    ["slack", { "x-slack-request-timestamp": "1e9" }, "a=b", "v0:1e9:a=b"],
    ["hubspot-v2", {}, "{}", `<secret>POST${url}{}`],
    ["square", {}, `{"a":\t1}\r\n`, `${url}{"a":\\t1}\\r\\n`],
    ["github", {}, "Zoë\u0000\u202e", "Zoë\\x00\\u{202e}"],
    ["twilio", { "content-type": "application/x-www-form-urlencoded" }, "b=2&a=1+1", `${url}a1 1b2`],
  ])("is that of %s as we compute it, without the secret", (key, headers, body, text) => {
    expect(shown(key, headers, body)).toEqual({ text, note: null });
  });

  it("shows bytes that are no text by their numbers", () => {
    expect(shown("github", {}, Buffer.from([0x41, 0xff, 0x0a]))).toEqual({ text: "A\\xff\\n", note: null });
  });

  it("cuts a long body, and says so", () => {
    const result = shown("github", {}, "x".repeat(5_000));
    expect(result).toEqual({ text: "x".repeat(2_048), note: "The body is cut after 2 KB; 5,000 bytes were signed." });
    expect(shown("github", {}, "é".repeat(2_000))?.text.length).toBeLessThanOrEqual(8_192);
  });

  it("says what is missing where there is none", () => {
    expect(shown("standard-webhooks", { "webhook-timestamp": "1" }, "{}")).toEqual({
      text: "",
      note: expect.stringContaining("webhook-id is missing"),
    });
    expect(shown("zoom", {}, "{}")).toMatchObject({ text: "", note: expect.stringContaining("x-zm-request-timestamp") });
  });

  it.each(["gitlab", "pipedrive", "url-secret", "livekit"])("is nothing for %s, which signs no content", (key) => {
    expect(shown(key, {}, "{}")).toBeNull();
  });
});

function shown(key: string, headers: Record<string, string>, body: string | Buffer) {
  const recipe = SignatureRecipe.parse(providerNamed(key)?.recipe);
  return signedContentShown(recipe, { method: "POST", url, headers: (name) => headers[name] ?? null, body: Buffer.from(body) });
}
