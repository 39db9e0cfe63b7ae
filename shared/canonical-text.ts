/**
 * The text of a document that is kept in files: two spaces, a newline at the end, what is left out left out. Keys stand in the order in
 * which the schema declares them, so whoever calls it has parsed the document.
 */
export function canonicalText(document: object): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** The keys of a record in the order of their code units: however it was filled in, it reads alike. */
export function sortedRecord<T>(record: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}
