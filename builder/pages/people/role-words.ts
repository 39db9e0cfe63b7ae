import type { Person } from "../../../shared/api/people.ts";

export const roleWords: Record<Person["role"], { name: string; one: string; may: string }> = {
  administrator: { name: "Administrator", one: "an administrator", may: "creates and manages connectors, flows and people" },
  user: { name: "User", one: "a user", may: "connects accounts and runs flows" },
};
