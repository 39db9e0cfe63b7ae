import { queryOptions } from "@tanstack/react-query";
import { call } from "./client.ts";
import { getImportSource, previewImport } from "./routes.ts";

export function importSourceQuery(connector: string) {
  return queryOptions({
    queryKey: ["import-source", connector],
    queryFn: ({ signal }) => call(getImportSource, { params: { connector } }, signal),
  });
}

/** `revision`: of the draft that is on the screen; a later one has another preview. */
export function importPreviewQuery(
  connector: string,
  { file, mode, revision }: { file: string; mode: "merge" | "overwrite"; revision: number },
) {
  return queryOptions({
    queryKey: ["import-preview", connector, file, mode, revision],
    queryFn: ({ signal }) => call(previewImport, { params: { connector }, body: { import: file, mode } }, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
}
