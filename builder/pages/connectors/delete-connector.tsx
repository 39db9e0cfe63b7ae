import { useMutation, useQueryClient } from "@tanstack/react-query";
import { call } from "../../api/client.ts";
import { explain } from "../../api/explain.ts";
import { connectorsQuery } from "../../api/queries.ts";
import { deleteConnector } from "../../api/routes.ts";
import { Confirm } from "../../ui/dialog.tsx";
import { notify } from "../../ui/toast.ts";

/** Asks whether a connector is to be deleted, and does it. */
export function DeleteConnector({
  connector,
  open,
  onClose,
  onDeleted,
}: {
  connector: { key: string; name: string; endpoints: readonly unknown[] };
  open: boolean;
  onClose: () => void;
  onDeleted: () => void;
}) {
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () => call(deleteConnector, { params: { connector: connector.key } }),
    async onSuccess() {
      await client.invalidateQueries({ queryKey: connectorsQuery.queryKey });
      onDeleted();
    },
    onError(error) {
      onClose();
      notify("failed", "The connector is still there", explain(error).why);
    },
  });
  return (
    <Confirm
      open={open}
      onClose={onClose}
      onConfirm={() => remove.mutate()}
      busy={remove.isPending}
      title={`Delete “${connector.name}”?`}
      consequence={`Its ${connector.endpoints.length} endpoints and their tests are deleted. It cannot be undone.`}
      verb="Delete connector"
      keep="Keep it"
    />
  );
}
