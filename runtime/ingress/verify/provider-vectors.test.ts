import { expect, it } from "vitest";
import { providerNamed, providers } from "../../../shared/event/providers/providers.ts";
import { compileRecipe } from "./compile-recipe.ts";
import { verifyDelivery } from "./verify-delivery.ts";

/** Examples that vendors publish whole: secret, body, headers and, where it counts, the time. */
const published: Record<string, { secret: string; body: string; headers: Record<string, string>; at?: number }> = {
  // support.atlassian.com/bitbucket-cloud/docs/manage-webhooks, "Test your implementation"
  bitbucket: {
    secret: "It's a Secret to Everybody",
    body: "Hello World!",
    headers: { "x-hub-signature": "sha256=a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9" },
  },
  // docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
  github: {
    secret: "It's a Secret to Everybody",
    body: "Hello, World!",
    headers: { "x-hub-signature-256": "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17" },
  },
  // github.com/standard-webhooks/standard-webhooks, the verification example of the libraries
  "standard-webhooks": {
    secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    body: `{"test": 2432232314}`,
    headers: {
      "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
      "webhook-timestamp": "1614265330",
      "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    },
    at: 1_614_265_330_000,
  },
};

it.each(Object.entries(published))(
  "%s accepts the example that its vendor publishes, and nothing else",
  (key, { secret, body, headers, at = 0 }) => {
    const recipe = providerNamed(key)?.recipe;
    const judge = (text: string) =>
      recipe &&
      verifyDelivery(
        compileRecipe(recipe, [{ secret, expiresAt: null }]),
        { method: "POST", url: "https://h.test/", headers: (name) => headers[name] ?? null, body: Buffer.from(text) },
        at,
      ).outcome;
    expect(judge(body)).toBe("accepted");
    expect(judge(`${body} `)).toBe("refused");
  },
);

it("has the example of every provider that is verified by one", () => {
  const told = providers.filter(({ verified }) => verified && verified.by === "vector").map(({ key }) => key);
  expect(Object.keys(published)).toEqual(expect.arrayContaining(told));
});
