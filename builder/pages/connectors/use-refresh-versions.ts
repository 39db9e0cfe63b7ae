import { useQueryClient } from "@tanstack/react-query";

/** What a change of versions may have made old on this page, in the palette and in the marketplace. */
export function useRefreshVersions(): () => Promise<void> {
  const client = useQueryClient();
  return async () => {
    const keys = ["connector", "connectors", "installed", "marketplace", "submissions"];
    await Promise.all(keys.map((key) => client.invalidateQueries({ queryKey: [key] })));
  };
}
