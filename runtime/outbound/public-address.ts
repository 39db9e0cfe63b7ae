import ipaddr from "ipaddr.js";

/**
 * True for addresses of the public internet only: IPv4 global unicast, and IPv6 inside 2000::/3 (RFC 4291, 2.4) less its special
 * blocks. Allowing instead of listing what is bad refuses NAT64, 6to4, Teredo and `::a.b.c.d`, which carry an IPv4 address inside.
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  // A v4-mapped address reaches the IPv4 host it names, so that one is judged.
  const parsed = ipaddr.process(address);
  if (parsed.kind() === "ipv4") return parsed.range() === "unicast" && !inside(parsed, reservedV4);
  return parsed.range() === "unicast" && inside(parsed, globalV6) && !inside(parsed, reservedV6);
}

function inside(address: ipaddr.IPv4 | ipaddr.IPv6, blocks: [ipaddr.IPv4 | ipaddr.IPv6, number][]): boolean {
  return blocks.some(([block, bits]) => address.kind() === block.kind() && address.match(block, bits));
}

// IANA special-purpose registries; ipaddr.js names most of these itself, stated here so that an update of it cannot open one.
const reservedV4 = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/4",
  "240.0.0.0/4",
].map((block) => ipaddr.parseCIDR(block));
const globalV6 = [ipaddr.parseCIDR("2000::/3")];
const reservedV6 = ["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"].map((block) => ipaddr.parseCIDR(block));
