import { useQuery } from "@tanstack/react-query";
import { explain } from "../../api/explain.ts";
import { connectorQuery } from "../../api/queries.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { ConnectForm } from "./connect-form.tsx";

type Props = {
  /** Key of the connector. */
  connector: string;
  onClose: () => void;
  onConnected: (connection: string) => void;
  /** Where an OAuth provider sends the person back to; the page of all connections when left out. */
  returnTo?: string;
};

/** Adds a connection: its name, its place and its credentials, checked at once. */
export default function ConnectDialog({ connector, ...rest }: Props) {
  const { data, error } = useQuery(connectorQuery(connector));
  if (data) return <ConnectForm loaded={data} {...rest} />;
  return (
    <Dialog
      open
      onClose={rest.onClose}
      title="Add connection"
      description={error ? explain(error).why : "Loading what this connector needs."}
      footer={<Button onClick={rest.onClose}>Close</Button>}
    >
      {null}
    </Dialog>
  );
}
