import { z } from "zod";

/** A field of a form that a person fills in; the values are an object, by key. */
export const FormField = z.object({
  key: z
    .string()
    .regex(/^[A-Za-z_][\w-]{0,62}$/, "letters, digits, _ and -; at most 63")
    // What is parsed as an object by key leaves it out: nobody could fill it in.
    .refine((key) => key !== "__proto__", "this name is taken"),
  name: z.string().trim().min(1, "enter a label").max(120),
  description: z.string().trim().max(500).optional(),
  type: z.enum(["text", "long-text", "number", "yes-no", "date", "choice"]).default("text"),
  /** Of a `choice`. */
  options: z.array(z.string().trim().min(1).max(200)).max(200).optional(),
  required: z.boolean().default(false),
});
export type FormField = z.infer<typeof FormField>;

export const Form = z.array(FormField).max(50, "at most 50 fields");
