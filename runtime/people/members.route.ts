import { Hono } from "hono";
import * as api from "../../shared/api/people.ts";
import { mount } from "../mount.route.ts";
import type { Sql } from "../store/sql.ts";
import type { Guard } from "./guard.ts";
import type { Invitations } from "./invitations.ts";
import { changeRole, listMembers, removeMember } from "./members.ts";

type Deps = { sql: Sql; invitations: Invitations; guard: Guard; publicUrl: string };

/** Who is in the workspace, for its administrators. */
export function membersRoute({ sql, invitations, guard, publicUrl }: Deps): Hono {
  const app = new Hono();
  mount(app, { route: api.listPeople, guard }, async ({ session }) => ({
    people: await listMembers(sql, session.workspace.id),
    invitations: await invitations.list(session.workspace.id),
  }));
  mount(app, { route: api.invite, guard }, async ({ body, session }) => {
    const { invitation, token } = await invitations.invite({ ...body, workspace: session.workspace.id, by: session.person.id });
    return { invitation, url: `${publicUrl}/invitation?token=${token}` };
  });
  mount(app, { route: api.revokeInvitation, guard }, async ({ params, session }) => {
    await invitations.revoke(session.workspace.id, params.invitation);
    return {};
  });
  mount(app, { route: api.changeRole, guard }, async ({ params, body, session }) => {
    await changeRole(sql, { workspace: session.workspace.id, person: params.person }, body.role);
    return {};
  });
  mount(app, { route: api.removePerson, guard }, async ({ params, session }) => {
    await removeMember(sql, { workspace: session.workspace.id, person: params.person });
    return {};
  });
  return app;
}
