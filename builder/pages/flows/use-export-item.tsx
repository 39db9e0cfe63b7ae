import { useMutation } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { call } from "../../api/client.ts";
import { explain } from "../../api/explain.ts";
import { exportFlow } from "../../api/flow-file-routes.ts";
import type { MenuItem } from "../../ui/menu.tsx";
import { saveFile } from "../../ui/save-file.ts";
import { notify } from "../../ui/toast.ts";
import { notSaved } from "./not-saved.ts";

/** What a menu offers to give a flow's draft as a file: byte for byte the server's text, which two exports of one draft share. */
export function useExportItem(flow: string, saveFirst: () => Promise<boolean> = async () => true): MenuItem {
  const fetched = useMutation({
    async mutationFn() {
      if (!(await saveFirst())) throw notSaved();
      return call(exportFlow, { params: { flow } });
    },
    onSuccess({ fileName, text }) {
      saveFile(fileName, text);
      notify("done", `The draft was saved as ${fileName}`, "The samples of its steps are part of the file.");
    },
    onError: (error) => notify("failed", "The flow was not exported", explain(error).why),
  });
  return {
    label: "Export as file",
    icon: <Download aria-hidden="true" />,
    disabled: fetched.isPending,
    onSelect: () => fetched.mutate(),
  };
}
