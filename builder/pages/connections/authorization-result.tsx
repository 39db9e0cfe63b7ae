import { useQuery } from "@tanstack/react-query";
import { CircleCheck, TriangleAlert, X } from "lucide-react";
import { connectionsQuery } from "../../api/queries.ts";
import { Button } from "../../ui/button.tsx";
import { IconButton } from "../../ui/icon-button.tsx";
import { useAuthorize } from "./use-authorize.ts";

type Props = {
  /** As the server's callback gave them on. */
  connection: string | undefined;
  authorized: "yes" | "no" | undefined;
  reason: string | undefined;
  returnTo: string;
  onDismiss: () => void;
};

/** How the authorization ended from which a person has just come back; nothing when they have not. */
export function AuthorizationResult({ connection, authorized, reason, returnTo, onDismiss }: Props) {
  const { data } = useQuery({ ...connectionsQuery(), enabled: authorized !== undefined });
  const again = useAuthorize(returnTo);
  if (authorized === undefined) return null;
  const found = data?.connections.find(({ id }) => id === connection);
  const name = found ? `“${found.name}”` : "The connection";
  if (authorized === "yes")
    return (
      <div
        role="status"
        className="flex items-center gap-3 rounded-card border border-succeeded-line bg-succeeded-tint px-4 py-2.5 text-sm"
      >
        <CircleCheck aria-hidden="true" className="size-4 shrink-0 text-succeeded-text" />
        <p className="min-w-0 flex-1">
          <span className="font-medium text-succeeded-text">{name} is connected.</span>
          {found?.account && ` The provider knows you as ${found.account}.`}
        </p>
        <IconButton label="Dismiss" onClick={onDismiss}>
          <X aria-hidden="true" />
        </IconButton>
      </div>
    );
  return (
    <div
      role="alert"
      className="flex items-center gap-3 rounded-card border border-failed-line bg-failed-tint px-4 py-2.5 text-sm"
    >
      <TriangleAlert aria-hidden="true" className="size-4 shrink-0 text-failed-text" />
      <p className="min-w-0 flex-1 break-words">
        <span className="font-medium text-failed-text">{name} was not authorised.</span>
        {reason && ` ${reason}`}
      </p>
      {connection && (
        <Button size="small" busy={again.isPending} onClick={() => again.mutate(connection)}>
          Authorise again
        </Button>
      )}
      <IconButton label="Dismiss" onClick={onDismiss}>
        <X aria-hidden="true" />
      </IconButton>
    </div>
  );
}
