import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { clsx } from "clsx";
import { LogOut } from "lucide-react";
import type { Person } from "../../../shared/api/people.ts";
import { call } from "../../api/client.ts";
import { explain } from "../../api/explain.ts";
import { forgetPerson } from "../../api/queries.ts";
import { signOut } from "../../api/routes.ts";
import { IconButton } from "../../ui/icon-button.tsx";
import { notify } from "../../ui/toast.ts";

/** Who is signed in, and the way out. */
export function PersonFoot({ person, collapsed }: { person: Person; collapsed: boolean }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const leave = useMutation({
    mutationFn: () => call(signOut, {}),
    onSuccess: async () => {
      await navigate({ to: "/sign-in" });
      forgetPerson(client);
    },
    onError: (error) => notify("failed", "You are still signed in", explain(error).why),
  });
  return (
    <div className={clsx("flex min-w-0 items-center gap-2", collapsed && "flex-col")}>
      <span
        aria-hidden="true"
        data-tip={collapsed ? `${person.name}, ${person.email}` : undefined}
        data-tip-side="right"
        className="flex size-7 shrink-0 select-none items-center justify-center rounded-full bg-accent-tint font-semibold text-accent-text text-xs"
      >
        {initials(person.name)}
      </span>
      {!collapsed && (
        <span className="min-w-0 flex-1 leading-heading">
          <span className="block truncate font-medium">{person.name}</span>
          <span className="block truncate text-muted text-xs">{person.email}</span>
        </span>
      )}
      <IconButton label="Sign out" side="right" onClick={() => leave.mutate()} disabled={leave.isPending}>
        <LogOut aria-hidden="true" />
      </IconButton>
    </div>
  );
}

/** First letters of the first and last word. */
function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined].map((word) => [...(word ?? "")][0] ?? "");
  return letters.join("").toUpperCase();
}
