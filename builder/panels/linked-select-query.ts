import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import {
  type DynamicLink,
  type LinkOptions,
  type ParameterLink,
  sentSearch,
  usualLink,
} from "../../shared/connector/parameter-link.ts";
import type { Json } from "../../shared/json.ts";
import { call } from "../api/client.ts";
import { explain } from "../api/explain.ts";
import { listOptions } from "../api/routes.ts";

/** Where the list of a dynamic link is asked for. */
export type LinkPlace = {
  connector: string;
  endpoint: string;
  connection: string | null;
  /** Inputs of the same endpoint, by parameter key: a link may take its arguments from them. */
  inputs: Record<string, Json>;
  /** The connector's version that is asked; its draft when left out. */
  version?: number | undefined;
  /** A connection was added for this list. */
  onConnection?: ((connection: string) => void) | undefined;
};

export type AskedList = {
  result: LinkOptions | null;
  problem: string | null;
  asking: boolean;
  /** When the answer came, in milliseconds. */
  at: number;
  refresh: () => void;
  /** Asks for further pages; null where there are none. */
  more: (() => void) | null;
};

type Asked = {
  parameter: string;
  link: ParameterLink;
  place: LinkPlace;
  search: string;
  /** Its own entry is wanted too. */
  value: Json | undefined;
  wanted: boolean;
  /** The link is not saved yet. */
  tried?: boolean;
};

/** How long people pause between two letters, in milliseconds. */
const pauseMs = 250;
const mostPages = 100;

/**
 * The list of a link. Each question has its own place in the cache, so that a late answer to an earlier one is never shown for a later
 * one, and what nobody waits for any more is aborted.
 */
export function useLinkOptions({ parameter, link, place, value, wanted, tried = false, search: typed }: Asked): AskedList {
  const refreshNext = useRef(false);
  const search = useSettled(link.kind === "dynamic" ? sentSearch(link, typed) : "");
  const { connector, endpoint, connection, version } = place;
  const inputs = argumentsOf(link, place.inputs);
  const list = JSON.stringify([connector, endpoint, parameter, connection, version, inputs, tried ? link : null]);
  const question = JSON.stringify([list, search]);
  // Another search, or another parent, begins at the first page.
  const [paging, setPaging] = useState({ question, pages: undefined as number | undefined });
  const pages = paging.question === question ? paging.pages : undefined;
  const query = useQuery({
    queryKey: ["options", list, search, pages, value],
    queryFn: ({ signal }) => {
      const refresh = refreshNext.current;
      refreshNext.current = false;
      const asked = { parameter, connection, inputs, search, refresh, version, pages, value, ...(tried && dynamic(link)) };
      return call(listOptions, { params: { connector, endpoint }, body: asked }, signal);
    },
    enabled: wanted && link.kind === "dynamic",
    staleTime: 60_000,
    // What is there stays while one types or loads more; a list of other arguments is another list.
    placeholderData: (before, asked) => (asked?.queryKey[1] === list ? before : undefined),
  });
  if (link.kind === "static") {
    const result: LinkOptions = { outcome: "listed", options: link.values, complete: true };
    return { result, problem: null, asking: false, at: 0, refresh: () => {}, more: null };
  }
  const result = query.data?.result ?? null;
  const next = result?.outcome === "listed" && result.paging?.more ? nextPages(link, result.paging.pages) : null;
  return {
    result,
    problem: query.error ? explain(query.error).why : null,
    asking: query.isFetching,
    at: query.dataUpdatedAt,
    refresh() {
      refreshNext.current = true;
      void query.refetch();
    },
    more: next === null ? null : () => setPaging({ question, pages: next }),
  };
}

function nextPages({ maxPages = usualLink.maxPages }: DynamicLink, pages: number): number | null {
  return pages >= mostPages ? null : Math.min(pages + maxPages, mostPages);
}

function dynamic(link: ParameterLink): { link?: DynamicLink } {
  return link.kind === "dynamic" ? { link } : {};
}

/** Only the inputs that the link reads: another parameter's change asks for nothing. */
export function argumentsOf(link: ParameterLink, inputs: Record<string, Json>): Record<string, Json> {
  if (link.kind === "static") return {};
  const from = Object.values(link.args).flatMap((argument) => ("from" in argument ? [argument.from] : []));
  return Object.fromEntries(from.flatMap((key) => (inputs[key] === undefined ? [] : [[key, inputs[key]]])));
}

/** What was typed, once the typing pauses; an emptied search at once. */
function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), pauseMs);
    return () => clearTimeout(timer);
  }, [text]);
  return text === "" ? "" : settled;
}
