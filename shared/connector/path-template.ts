/** Names of the parameters in a path written as `/users/:id` or `/users/{id}`, in order, each once. */
export function pathParameters(path: string): string[] {
  return [...new Set([...path.matchAll(pathParameter)].map((match) => match[1] ?? match[2] ?? ""))];
}

/** Fills a path in; each value is one percent-encoded segment. Throws nothing: a missing value is returned as a problem. */
export function fillPath(path: string, values: Map<string, string>): { path: string } | { missing: string } {
  let missing: string | null = null;
  const filled = path.replace(pathParameter, (_, colon?: string, brace?: string) => {
    const name = colon ?? brace ?? "";
    const value = values.get(name);
    // RFC 3986, 3.3: "." and ".." as whole segments would be resolved away, so they are refused like an absent value.
    if (value === undefined || value === "" || value === "." || value === "..") missing ??= name;
    // A lone surrogate has no UTF-8 form; encodeURIComponent would throw on it.
    return encodeURIComponent((value ?? "").toWellFormed());
  });
  return missing === null ? { path: filled } : { missing };
}

/** A colon behind a word or a `}` is text: custom methods such as `/items/{id}:cancel` (Google AIP-136). */
const pathParameter = /(?<![\w}]):([A-Za-z_]\w*)|\{([A-Za-z_]\w*)\}/g;
