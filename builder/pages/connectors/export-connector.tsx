import { useMutation } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { call } from "../../api/client.ts";
import { explain } from "../../api/explain.ts";
import { exportConnector } from "../../api/routes.ts";
import { Button } from "../../ui/button.tsx";
import { saveFile } from "../../ui/save-file.ts";
import { notify } from "../../ui/toast.ts";

/** Gives the connector as an OpenAPI 3.1 file. */
export function ExportConnector({ connector }: { connector: string }) {
  const fetched = useMutation({
    mutationFn: () => call(exportConnector, { params: { connector } }),
    onSuccess: ({ fileName, document }) => saveFile(fileName, JSON.stringify(document, null, 2)),
    onError: (error) => notify("failed", explain(error).why),
  });
  return (
    <Button busy={fetched.isPending} onClick={() => fetched.mutate()}>
      <Download aria-hidden="true" />
      Export as OpenAPI
    </Button>
  );
}
