import type { Listing } from "../../../shared/api/marketplace.ts";

/** Listings in which every word of the query occurs, those whose name begins with it first; of one category, or (null) of all. */
export function findListings(
  listings: readonly Listing[],
  { query, category }: { query: string; category: string | null },
): Listing[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = (listing: Listing) => {
    const text = `${listing.name} ${listing.description} ${listing.category ?? ""}`.toLowerCase();
    return (category === null || listing.category === category) && words.every((word) => text.includes(word));
  };
  const begins = ({ name }: Listing) => (words[0] !== undefined && name.toLowerCase().startsWith(words[0]) ? 0 : 1);
  return listings.filter(fits).toSorted((one, other) => begins(one) - begins(other));
}
