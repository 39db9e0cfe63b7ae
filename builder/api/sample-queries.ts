import { queryOptions } from "@tanstack/react-query";
import type * as connectors from "../../shared/api/connectors.ts";
import { at, call } from "./client.ts";
import { connectorQuery } from "./queries.ts";

const listSamples = at<typeof connectors.listSamples>("GET", "/connectors/:connector/endpoints/:endpoint/samples");

/** The last good answers of an endpoint's tests; asked for again with the connector, whenever one of its tests has run. */
export function samplesQuery(connector: string, endpoint: string) {
  return queryOptions({
    queryKey: [...connectorQuery(connector).queryKey, "samples", endpoint],
    queryFn: ({ signal }) => call(listSamples, { params: { connector, endpoint } }, signal),
  });
}
