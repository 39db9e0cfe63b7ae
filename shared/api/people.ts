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

export const Role = Person.shape.role;

export const Invitation = z.object({ id: z.string(), role: Role, note: z.string(), createdAt: z.int(), expiresAt: z.int() });
export type Invitation = z.infer<typeof Invitation>;

export const listPeople = route({
  method: "GET",
  path: "/people",
  access: "administrator",
  response: z.object({ people: z.array(Person.extend({ joinedAt: z.int() })), invitations: z.array(Invitation) }),
});

/** Makes an invitation link, good once and for seven days, while who made it is an administrator. The link is in this answer only. */
export const invite = route({
  method: "POST",
  path: "/invitations",
  access: "administrator",
  body: z.object({ role: Role, note: z.string().trim().max(120, "at most 120 characters").default("") }),
  response: z.object({ invitation: Invitation, url: z.string() }),
});

export const revokeInvitation = route({
  method: "DELETE",
  path: "/invitations/:invitation",
  access: "administrator",
  params: z.object({ invitation: z.string().max(100) }),
  response: z.object({}),
});

/** `conflict` when it would leave the workspace without an administrator. */
export const changeRole = route({
  method: "PATCH",
  path: "/people/:person",
  access: "administrator",
  params: z.object({ person: z.string().max(100) }),
  body: z.object({ role: Role }),
  response: z.object({}),
});

/** Ends the person's sessions too. `conflict` for the last administrator. */
export const removePerson = route({
  method: "DELETE",
  path: "/people/:person",
  access: "administrator",
  params: z.object({ person: z.string().max(100) }),
  response: z.object({}),
});

const invitationToken = z.string().min(1).max(200);

/** What an invitation link leads to. `forbidden` when it is not, or no longer, good. */
export const previewInvitation = route({
  method: "POST",
  path: "/invitation/preview",
  access: "anyone",
  body: z.object({ token: invitationToken }),
  response: z.object({ workspace: z.string(), role: Role }),
});

/** Makes the account and signs in. */
export const acceptInvitation = route({
  method: "POST",
  path: "/invitation",
  access: "anyone",
  body: z.object({
    token: invitationToken,
    name: z.string().trim().min(1, "enter your name").max(120),
    email,
    password: z.string().min(10, "must have at least 10 characters").max(200),
  }),
  response: Session,
});
