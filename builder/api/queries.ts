import { infiniteQueryOptions, MutationCache, QueryCache, QueryClient, queryOptions } from "@tanstack/react-query";
import type { EventFilters } from "../../shared/api/events.ts";
import type { RunStatus } from "../../shared/run/run.ts";
import { ApiError } from "./api-error.ts";
import { call } from "./client.ts";
import * as routes from "./routes.ts";

/** Faults of the network and of the server are tried again; an answer that says no is final. */
export function createQueryClient({ onUnauthenticated }: { onUnauthenticated: () => void }): QueryClient {
  const onError = (error: Error) => {
    if (error instanceof ApiError && error.status === 401) onUnauthenticated();
  };
  return new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: {
        retry: (failures, error) => failures < 2 && error instanceof ApiError && (error.status === 0 || error.status >= 502),
        staleTime: 5_000,
        refetchOnWindowFocus: false,
      },
    },
  });
}

/** Drops what belongs to the person who leaves. The sign-in page is being shown meanwhile, so what it asks for stays. */
export function forgetPerson(client: QueryClient): void {
  client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== setupQuery.queryKey[0] });
  client.getMutationCache().clear();
}

export const setupQuery = queryOptions({
  queryKey: ["setup"],
  queryFn: ({ signal }) => call(routes.getSetup, {}, signal),
});

export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: ({ signal }) => call(routes.getSession, {}, signal),
  staleTime: Number.POSITIVE_INFINITY,
});

export const overviewQuery = queryOptions({
  queryKey: ["overview"],
  queryFn: ({ signal }) => call(routes.getOverview, {}, signal),
});

export const flowsQuery = queryOptions({
  queryKey: ["flows"],
  queryFn: ({ signal }) => call(routes.listFlows, {}, signal),
});

export function flowQuery(flow: string) {
  return queryOptions({
    queryKey: ["flow", flow],
    queryFn: ({ signal }) => call(routes.getFlow, { params: { flow } }, signal),
  });
}

export type RunFilter = { status?: RunStatus | undefined; flow?: string | undefined; limit?: number };

export function runsQuery({ status, flow, limit = 50 }: RunFilter) {
  return infiniteQueryOptions({
    queryKey: ["runs", { status, flow, limit }],
    queryFn: ({ signal, pageParam }) => call(routes.listRuns, { query: { status, flow, limit, before: pageParam } }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  });
}

export function runQuery(run: string) {
  return queryOptions({
    queryKey: ["run", run],
    queryFn: ({ signal }) => call(routes.getRun, { params: { run } }, signal),
  });
}

/** What an entry owns never changes, so it is asked for once. */
export function entryValuesQuery(run: string, number: number) {
  return queryOptions({
    queryKey: ["entry", run, number],
    queryFn: ({ signal }) => call(routes.getEntryValues, { params: { run, number } }, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** Events of the inbox that pass all filters, newest first. */
export function eventsQuery(filters: EventFilters) {
  return infiniteQueryOptions({
    queryKey: ["events", filters],
    queryFn: ({ signal, pageParam }) => call(routes.listEvents, { query: { ...filters, before: pageParam } }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  });
}

export function eventQuery(event: string) {
  return queryOptions({
    queryKey: ["event", event],
    queryFn: ({ signal }) => call(routes.getEvent, { params: { event } }, signal),
  });
}

export const refusalsQuery = queryOptions({
  queryKey: ["refusals"],
  queryFn: ({ signal }) => call(routes.listRefusals, {}, signal),
});

export function versionsQuery(flow: string) {
  return queryOptions({
    queryKey: ["versions", flow],
    queryFn: ({ signal }) => call(routes.listVersions, { params: { flow } }, signal),
  });
}

export const connectorsQuery = queryOptions({
  queryKey: ["connectors"],
  queryFn: ({ signal }) => call(routes.listConnectors, {}, signal),
});

export function connectorQuery(connector: string) {
  return queryOptions({
    queryKey: ["connector", connector],
    queryFn: ({ signal }) => call(routes.getConnector, { params: { connector } }, signal),
  });
}

/** What the palette offers, and which version of each connector flows use. */
export const installedQuery = queryOptions({
  queryKey: ["installed"],
  queryFn: ({ signal }) => call(routes.listInstalled, {}, signal),
});

/** A frozen version of a connector, which never changes. */
export function connectorVersionQuery(connector: string, version: number) {
  return queryOptions({
    queryKey: ["connector version", connector, version],
    queryFn: ({ signal }) => call(routes.getConnectorVersion, { params: { connector, version } }, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function connectorVersionsQuery(connector: string) {
  return queryOptions({
    queryKey: ["connector", connector, "versions"],
    queryFn: ({ signal }) => call(routes.listConnectorVersions, { params: { connector } }, signal),
  });
}

export const marketplaceQuery = queryOptions({
  queryKey: ["marketplace"],
  queryFn: ({ signal }) => call(routes.listMarketplace, {}, signal),
});

export function listingQuery(connector: string) {
  return queryOptions({
    queryKey: ["marketplace", connector],
    queryFn: ({ signal }) => call(routes.getListing, { params: { connector } }, signal),
  });
}

/** Of one connector, or all. */
export function submissionsQuery(connector?: string) {
  return queryOptions({
    queryKey: ["submissions", connector ?? null],
    queryFn: ({ signal }) => call(routes.listSubmissions, { query: { connector } }, signal),
  });
}

/** Of one connector, or all. */
export function connectionsQuery(connector?: string) {
  return queryOptions({
    queryKey: ["connections", connector ?? null],
    queryFn: ({ signal }) => call(routes.listConnections, { query: { connector } }, signal),
  });
}

export const peopleQuery = queryOptions({
  queryKey: ["people"],
  queryFn: ({ signal }) => call(routes.listPeople, {}, signal),
});
