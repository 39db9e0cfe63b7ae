import { z } from "zod";

/**
 * A value of each connection that stands in the base URL, e.g. `https://{subdomain}.example.com`. Within the host it is one label
 * (letters, digits, hyphens), so that it cannot name another host; `https://{domain}` alone is a whole host, which may have to end
 * with one of `hostSuffixes`; within the path it is one segment.
 */
export const BaseVariable = z.object({
  key: z.string().regex(/^[a-zA-Z][a-zA-Z0-9_]{0,62}$/, "must begin with a letter; letters, digits and _; at most 63"),
  label: z.string().trim().min(1, "enter what people are asked for").max(120),
  description: z.string().trim().max(500).optional(),
  default: z.string().trim().max(253).optional(),
  /** The only values that it may have. */
  values: z.array(z.string().trim().min(1).max(253)).max(100).optional(),
  /** For a whole host: e.g. `.example.com`. */
  hostSuffixes: z.array(z.string().trim().min(2).max(253)).max(20).optional(),
});
export type BaseVariable = z.infer<typeof BaseVariable>;
