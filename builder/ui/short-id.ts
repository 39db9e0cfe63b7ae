/** The end of an id, where UUIDv7 differs: enough to tell rows apart. */
export function shortId(id: string): string {
  return id.slice(-8);
}
