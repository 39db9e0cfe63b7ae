/** Names of the parameters in a path written as `/users/:id` or `/users/{id}`, in order, each once. */
export function pathParameters(path: string): string[] {
  return [...new Set([...path.matchAll(pathParameter)].map((match) => match[1] ?? match[2] ?? ""))];
}

/** Fills a path in with values that are percent-encoded already. Throws nothing: a missing value is returned as a problem. */
export function fillPath(path: string, values: Map<string, string>): { path: string } | { missing: string } {
  let missing: string | null = null;
  const filled = path.replace(pathParameter, (_, colon?: string, brace?: string) => {
    const name = colon ?? brace ?? "";
    const value = values.get(name);
    if (value === undefined) missing ??= name;
    return value ?? "";
  });
  // RFC 3986, 3.3: a segment that two values make "." or ".." would be resolved away.
  const dots = filled.split("/").some((part, index) => /^\.{1,2}$/.test(part) && part !== path.split("/")[index]);
  if (dots) missing ??= pathParameters(path)[0] ?? "";
  return missing === null ? { path: filled } : { missing };
}

/** A colon behind a word or a `}` is text: custom methods such as `/items/{id}:cancel` (Google AIP-136). */
const pathParameter = /(?<![\w}]):([A-Za-z_]\w*)|\{([A-Za-z_]\w*)\}/g;
