import { z } from "zod";

/** S0: "PNG, SVG or GIF formats 1MB max | minimum size 420px by 120px". */
export const logoRules = {
  media: ["image/png", "image/svg+xml", "image/gif"],
  bytes: 1_048_576,
  width: 420,
  height: 120,
} as const;

/** A stored picture, by the SHA-256 of its bytes in hex: `GET /api/v1/logos/<sha256>`. Pixels. */
export const Logo = z.object({
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  media: z.enum(logoRules.media),
  width: z.number(),
  height: z.number(),
});
export type Logo = z.infer<typeof Logo>;
