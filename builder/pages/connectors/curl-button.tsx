import { Check, Terminal } from "lucide-react";
import { useState } from "react";
import { curlCommand, type ShownRequest } from "../../../shared/connector/curl-command.ts";
import { Button } from "../../ui/button.tsx";
import { copyText } from "../../ui/copy-button.tsx";
import { notify } from "../../ui/toast.ts";

/** Copies a request as a command; its secrets stay masked. */
export function CurlButton({ request }: { request: ShownRequest }) {
  const [copied, setCopied] = useState(false);
  return (
    <Button
      size="small"
      className="self-start"
      onBlur={() => setCopied(false)}
      onClick={async () => {
        const done = await copyText(curlCommand(request));
        setCopied(done);
        if (!done) notify("failed", "Could not copy the command");
      }}
    >
      {copied ? <Check aria-hidden="true" /> : <Terminal aria-hidden="true" />}
      {copied ? "Copied, secrets masked" : "Copy as cURL"}
    </Button>
  );
}
