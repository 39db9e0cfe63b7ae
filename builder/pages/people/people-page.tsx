import { useMutation, useQuery, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";
import type { listPeople, Person } from "../../../shared/api/people.ts";
import type { Response } from "../../../shared/api/route.ts";
import { call } from "../../api/client.ts";
import { explain } from "../../api/explain.ts";
import { peopleQuery, sessionQuery } from "../../api/queries.ts";
import { changeRole, removePerson, revokeInvitation } from "../../api/routes.ts";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Confirm } from "../../ui/dialog.tsx";
import { Menu } from "../../ui/menu.tsx";
import { RelativeTime } from "../../ui/relative-time.tsx";
import { SkeletonRows } from "../../ui/skeleton.tsx";
import { notify } from "../../ui/toast.ts";
import { ApiProblem } from "../shell/api-problem.tsx";
import { Page, PageHeader } from "../shell/page.tsx";
import { InviteDialog } from "./invite-dialog.tsx";
import { roleWords } from "./role-words.ts";

type Loaded = Response<typeof listPeople>;

/** Who may use the workspace, and the invitations that are still open. */
export function PeoplePage() {
  const { data, error, refetch } = useQuery(peopleQuery);
  const [inviting, setInviting] = useState(false);
  return (
    <Page crumbs={[{ label: "People" }]} width="reading">
      <PageHeader
        title="People"
        action={
          <Button look="primary" onClick={() => setInviting(true)}>
            <Plus aria-hidden="true" />
            Invite
          </Button>
        }
      >
        Administrators create and manage; users connect accounts and run flows.
      </PageHeader>
      {data ? (
        <>
          <Members people={data.people} />
          <Invitations invitations={data.invitations} />
        </>
      ) : error ? (
        <ApiProblem error={error} what="The people could not be loaded" onRetry={() => void refetch()} />
      ) : (
        <SkeletonRows />
      )}
      {inviting && <InviteDialog onClose={() => setInviting(false)} />}
    </Page>
  );
}

function Members({ people }: { people: Loaded["people"] }) {
  return (
    <ul aria-label="People" className="divide-y divide-line rounded-card border border-line">
      {people.map((person) => (
        <MemberRow key={person.id} person={person} />
      ))}
    </ul>
  );
}

function MemberRow({ person }: { person: Loaded["people"][number] }) {
  const client = useQueryClient();
  const { data: session } = useSuspenseQuery(sessionQuery);
  const [removing, setRemoving] = useState(false);
  const done = () => client.invalidateQueries({ queryKey: peopleQuery.queryKey });
  const failed = (fault: Error) => notify("failed", "Nothing was changed", explain(fault).why);
  const change = useMutation({
    mutationFn: (role: Person["role"]) => call(changeRole, { params: { person: person.id }, body: { role } }),
    onSuccess: done,
    onError: failed,
  });
  const remove = useMutation({
    mutationFn: () => call(removePerson, { params: { person: person.id } }),
    onSuccess: done,
    onError: failed,
    onSettled: () => setRemoving(false),
  });
  const other = person.role === "administrator" ? "user" : "administrator";
  return (
    <li className="flex items-center gap-3 px-4 py-2.5" data-testid="person-row">
      <div className="flex min-w-0 flex-1 flex-col">
        <span className="truncate font-medium text-sm">
          {person.name}
          {person.id === session.person.id && <span className="font-normal text-muted"> (you)</span>}
        </span>
        <span className="truncate text-muted text-xs">{person.email}</span>
      </div>
      <Badge tone={person.role === "administrator" ? "accent" : "neutral"}>{roleWords[person.role].name}</Badge>
      <Menu
        label={`Actions for ${person.name}`}
        items={[
          { label: `Make ${roleWords[other].one}`, onSelect: () => change.mutate(other) },
          { label: "Remove", danger: true, onSelect: () => setRemoving(true) },
        ]}
      />
      <Confirm
        open={removing}
        onClose={() => setRemoving(false)}
        onConfirm={() => remove.mutate()}
        busy={remove.isPending}
        title={`Remove ${person.name}?`}
        consequence="They are signed out everywhere and cannot sign in any more. What they made stays."
        verb="Remove person"
        keep="Keep"
      />
    </li>
  );
}

function Invitations({ invitations }: { invitations: Loaded["invitations"] }) {
  const client = useQueryClient();
  const revoke = useMutation({
    mutationFn: (invitation: string) => call(revokeInvitation, { params: { invitation } }),
    onSuccess: () => client.invalidateQueries({ queryKey: peopleQuery.queryKey }),
    onError: (fault) => notify("failed", "The invitation is still good", explain(fault).why),
  });
  if (invitations.length === 0) return null;
  return (
    <section aria-label="Open invitations" className="flex flex-col gap-3">
      <h2 className="font-semibold text-base">Open invitations</h2>
      <ul className="divide-y divide-line rounded-card border border-line">
        {invitations.map(({ id, role, note, expiresAt }) => (
          <li key={id} className="flex items-center gap-3 px-4 py-2.5">
            <span className="min-w-0 flex-1 truncate text-sm">
              {note || "Invitation"}
              <span className="text-muted">
                {" · expires "}
                <RelativeTime at={expiresAt} />
              </span>
            </span>
            <Badge>{roleWords[role].name}</Badge>
            <Button size="small" busy={revoke.isPending} onClick={() => revoke.mutate(id)}>
              Revoke
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}
