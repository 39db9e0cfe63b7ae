import type { SignatureRecipe } from "./signature-recipe.ts";

/** A provider's way to sign, ready to choose. `secret`: who issues it. */
export type RecipePreset = { key: string; name: string; secret: "ours" | "provider"; recipe: SignatureRecipe };

const plainSecret = { stripPrefix: "", decode: "utf8" } as const;
const week = 7 * 86_400_000;

/** What most providers do. The first is what is offered where nothing is known of the sender. */
export const recipePresets: readonly RecipePreset[] = [
  {
    // standardwebhooks.com, "Verifying webhook authenticity"
    key: "standard-webhooks",
    name: "Standard Webhooks",
    secret: "ours",
    recipe: {
      kind: "hmac",
      algorithm: "sha256",
      encoding: "base64",
      signature: { places: [{ in: "header", name: "webhook-signature" }], valuePrefix: "v1," },
      signedContent: [
        { part: "header", name: "webhook-id" },
        { part: "literal", text: "." },
        { part: "timestamp" },
        { part: "literal", text: "." },
        { part: "body" },
      ],
      timestamp: {
        from: { in: "header", name: "webhook-timestamp" },
        unit: "s",
        tolerancePastMs: 300_000,
        toleranceFutureMs: 300_000,
      },
      secret: { stripPrefix: "whsec_", decode: "base64" },
      requiredHeaders: ["webhook-id"],
      dedupe: { candidates: [{ in: "header", name: "webhook-id" }], windowMs: week },
    },
  },
  {
    // docs.github.com, "Validating webhook deliveries"
    key: "github",
    name: "GitHub",
    secret: "ours",
    recipe: {
      kind: "hmac",
      algorithm: "sha256",
      encoding: "hex",
      signature: { places: [{ in: "header", name: "x-hub-signature-256" }], valuePrefix: "sha256=" },
      signedContent: [{ part: "body" }],
      secret: plainSecret,
      requiredHeaders: [],
      dedupe: { candidates: [{ in: "header", name: "x-github-delivery" }], windowMs: week },
    },
  },
  {
    // developers.zoom.us, "Verify webhook events"
    key: "zoom",
    name: "Zoom",
    secret: "provider",
    recipe: {
      kind: "hmac",
      algorithm: "sha256",
      encoding: "hex",
      signature: { places: [{ in: "header", name: "x-zm-signature" }], valuePrefix: "v0=" },
      signedContent: [{ part: "literal", text: "v0:" }, { part: "timestamp" }, { part: "literal", text: ":" }, { part: "body" }],
      timestamp: {
        from: { in: "header", name: "x-zm-request-timestamp" },
        unit: "s",
        tolerancePastMs: 300_000,
        toleranceFutureMs: 300_000,
      },
      secret: plainSecret,
      requiredHeaders: [],
    },
  },
  {
    // shopify.dev, "Deliver webhooks through HTTPS"
    key: "shopify",
    name: "Shopify",
    secret: "provider",
    recipe: {
      kind: "hmac",
      algorithm: "sha256",
      encoding: "base64",
      signature: { places: [{ in: "header", name: "x-shopify-hmac-sha256" }], valuePrefix: "" },
      signedContent: [{ part: "body" }],
      secret: plainSecret,
      requiredHeaders: [],
      dedupe: { candidates: [{ in: "header", name: "x-shopify-webhook-id" }], windowMs: week },
    },
  },
];

/** The preset with exactly this recipe, null when it was made by hand. */
export function presetOf(recipe: SignatureRecipe): RecipePreset | null {
  return recipePresets.find((preset) => sameJson(preset.recipe, recipe)) ?? null;
}

/** Key order does not matter: a stored recipe has that of its schema. */
function sameJson(a: unknown, b: unknown): boolean {
  if (typeof a !== "object" || a === null || typeof b !== "object" || b === null) return a === b;
  const [left, right] = [Object.entries(a), new Map(Object.entries(b))];
  return left.length === right.size && left.every(([key, value]) => right.has(key) && sameJson(value, right.get(key)));
}
