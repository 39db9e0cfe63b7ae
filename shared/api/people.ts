import { z } from "zod";
import { route } from "./route.ts";

export const Person = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string(),
  role: z.enum(["administrator", "user"]),
});
export type Person = z.infer<typeof Person>;

export const Session = z.object({ person: Person, workspace: z.object({ id: z.string(), name: z.string() }) });
export type Session = z.infer<typeof Session>;

const email = z.email("must be an e-mail address").max(254);

export const getSetup = route({
  method: "GET",
  path: "/setup",
  access: "anyone",
  response: z.object({ needed: z.boolean() }),
});

/** Creates the first administrator with the one-time link's token, and signs them in. */
export const completeSetup = route({
  method: "POST",
  path: "/setup",
  access: "anyone",
  body: z.object({
    token: z.string().min(1).max(200),
    name: z.string().trim().min(1, "enter your name").max(120),
    email,
    password: z.string().min(10, "must have at least 10 characters").max(200),
  }),
  response: Session,
});

export const signIn = route({
  method: "POST",
  path: "/session",
  access: "anyone",
  body: z.object({ email: z.string().max(254), password: z.string().max(200) }),
  response: Session,
});

export const getSession = route({ method: "GET", path: "/session", access: "person", response: Session });
export const signOut = route({ method: "DELETE", path: "/session", access: "person", response: z.object({}) });
