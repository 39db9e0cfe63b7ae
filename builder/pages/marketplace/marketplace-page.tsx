import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ClipboardCheck } from "lucide-react";
import { useState } from "react";
import type { Listing } from "../../../shared/api/marketplace.ts";
import { marketplaceQuery, sessionQuery, submissionsQuery } from "../../api/queries.ts";
import { Badge } from "../../ui/badge.tsx";
import { buttonStyle } from "../../ui/button.tsx";
import { Empty } from "../../ui/empty.tsx";
import { Input } from "../../ui/input.tsx";
import { Select } from "../../ui/select.tsx";
import { SkeletonRows } from "../../ui/skeleton.tsx";
import { ConnectorLogo } from "../connectors/connector-logo.tsx";
import { ApiProblem } from "../shell/api-problem.tsx";
import { Page, PageHeader } from "../shell/page.tsx";
import { findListings } from "./find-listings.ts";

const everything = "all";

/** Connectors that somebody has approved, to be installed and used. */
export function MarketplacePage() {
  const { data: session } = useSuspenseQuery(sessionQuery);
  const administrates = session.person.role === "administrator";
  const { data, error, refetch } = useQuery(marketplaceQuery);
  const [query, setQuery] = useState("");
  const [category, setCategory] = useState(everything);
  const categories = [...new Set(data?.listings.flatMap(({ category: each }) => each ?? []))].toSorted();
  const found = findListings(data?.listings ?? [], { query, category: category === everything ? null : category });
  return (
    <Page crumbs={[{ label: "Marketplace" }]} width="reading">
      <PageHeader title="Marketplace" action={administrates && <ReviewsLink />}>
        Connectors that were reviewed. Install one, connect an account, and use it in flows.
      </PageHeader>
      {data ? (
        <>
          <div className="flex flex-wrap items-center gap-3">
            <Input
              type="search"
              aria-label="Search the marketplace"
              placeholder="Search by name or description"
              className="max-w-72"
              value={query}
              onChange={(event) => setQuery(event.target.value)}
            />
            {categories.length > 0 && (
              <Select
                label="Category"
                value={category}
                options={[
                  { value: everything, label: "All categories" },
                  ...categories.map((value) => ({ value, label: value })),
                ]}
                onChange={setCategory}
              />
            )}
          </div>
          {found.length > 0 ? (
            <ul aria-label="Connectors" className="grid grid-cols-1 gap-4 sm:grid-cols-2 xl:grid-cols-3">
              {found.map((listing) => (
                <ListingCard key={listing.key} listing={listing} />
              ))}
            </ul>
          ) : (
            <Empty title={query || category !== everything ? "Nothing found" : "Nothing is listed yet"}>
              {query || category !== everything
                ? "No connector has these words. Search for less, or in all categories."
                : "Connectors appear here once an administrator has approved them. Submit one under its Versions."}
            </Empty>
          )}
        </>
      ) : error ? (
        <ApiProblem error={error} what="The marketplace could not be loaded" onRetry={() => void refetch()} />
      ) : (
        <SkeletonRows />
      )}
    </Page>
  );
}

function ReviewsLink() {
  const { data } = useQuery(submissionsQuery());
  const open = data?.submissions.filter(({ state }) => state === "in-review").length ?? 0;
  return (
    <Link to="/marketplace/reviews" className={buttonStyle()}>
      <ClipboardCheck aria-hidden="true" />
      Reviews
      {open > 0 && <Badge tone="waiting">{open}</Badge>}
    </Link>
  );
}

function ListingCard({ listing }: { listing: Listing }) {
  const { key, name, description, category, logo, origin, auth, endpoints, actions, installed } = listing;
  return (
    <li className="relative flex flex-col gap-3 rounded-card border border-line bg-panel p-4 transition-colors hover:bg-hover">
      <div className="flex items-center gap-3">
        <ConnectorLogo name={name} logo={logo} size="large" />
        <div className="flex min-w-0 flex-1 flex-col">
          <Link
            to="/marketplace/$connector"
            params={{ connector: key }}
            // The whole card is its link.
            className="truncate font-semibold text-base after:absolute after:inset-0 after:rounded-card"
          >
            {name}
          </Link>
          <span className="truncate text-muted text-xs">{category ?? "No category"}</span>
        </div>
        {installed !== null && <Badge tone="succeeded">Installed</Badge>}
      </div>
      <p className="line-clamp-2 min-h-10 text-muted text-sm">{description || "No description."}</p>
      <p className="text-muted text-xs">
        {auth}
        {" · "}
        {actions > 0 && `${actions === 1 ? "1 action" : `${actions} actions`} · `}
        {endpoints === 1 ? "1 endpoint" : `${endpoints} endpoints`}
        {origin === "built-in" && " · built in"}
      </p>
    </li>
  );
}
