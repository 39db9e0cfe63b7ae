import { useMutation } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { call } from "../../api/client.ts";
import { explain } from "../../api/explain.ts";
import { exportConnector } from "../../api/routes.ts";
import { Button } from "../../ui/button.tsx";
import { notify } from "../../ui/toast.ts";

/** Gives the connector as an OpenAPI 3.1 file. */
export function ExportConnector({ connector }: { connector: string }) {
  const fetched = useMutation({
    mutationFn: () => call(exportConnector, { params: { connector } }),
    onSuccess: ({ fileName, document }) => save(fileName, JSON.stringify(document, null, 2)),
    onError: (error) => notify("failed", explain(error).why),
  });
  return (
    <Button busy={fetched.isPending} onClick={() => fetched.mutate()}>
      <Download aria-hidden="true" />
      Export as OpenAPI
    </Button>
  );
}

function save(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  const link = Object.assign(document.createElement("a"), { href: url, download: name });
  link.click();
  // The browser has taken hold of it by then.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
