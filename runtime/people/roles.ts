import type { Person } from "../../shared/api/people.ts";
import type { Route } from "../../shared/api/route.ts";

/** What a role may use; a role that is not listed here may use nothing. */
const allowed: Record<Person["role"], Exclude<Route["access"], "anyone">[]> = {
  administrator: ["person", "administrator"],
  user: ["person"],
};

/** May someone with this role call a route of this access? */
export function mayUse(role: Person["role"], access: Route["access"]): boolean {
  return access === "anyone" || (Object.hasOwn(allowed, role) && allowed[role].includes(access));
}
