import { compareEndpoints } from "./compare-endpoints.ts";
import type { ConnectorDraft } from "./connector.ts";
import type { Endpoint } from "./endpoint.ts";
import { type EndpointChange, type ImportMerge, signInDecision } from "./import-merge.ts";
import { mergeEndpoint, type Preference, same } from "./merge-endpoint.ts";
import { settle } from "./settle-draft.ts";

/** What a file says of a connector. */
export type FileForm = Pick<ConnectorDraft, "baseUrl" | "variables" | "auth" | "endpoints">;
/** `base`: the file that was taken last, null when nobody knows. */
export type MergeForms = { base: FileForm | null; ours: ConnectorDraft; theirs: FileForm };
export type MergeChoice = {
  mode: "merge" | "overwrite";
  /** Keys of the file's endpoints that are new and to be taken. */
  take: ReadonlySet<string>;
  /** By the change's id. */
  decisions: Readonly<Record<string, Preference>>;
};
/** `undecided`: ids of conflicts without a decision; there the connector's own word was kept. */
export type Merged = { draft: ConnectorDraft; undecided: string[] } & Omit<ImportMerge, "base" | "changes"> & {
    changes: Omit<EndpointChange, "steps">[];
  };

/** Takes a newer file into a draft: what becomes of each endpoint, and the draft as it would be. The draft given stays as it is. */
export function mergeImport({ base, ours, theirs: file }: MergeForms, choice: MergeChoice): Merged {
  const mine = byIdentity(ours.endpoints);
  const known = byIdentity(withLinkKeys(base?.endpoints ?? [], mine));
  const theirs = byIdentity(withLinkKeys(file.endpoints, mine));
  const merged: Merged = { draft: ours, undecided: [], changes: [], signIn: null, unchanged: 0, byHand: 0, consequences: [] };
  const kept: Endpoint[] = [];
  for (const [id, endpoint] of mine) {
    const outcome = outcomeOf({ id, ours: endpoint, base: known.get(id) ?? null, theirs: theirs.get(id) ?? null }, choice);
    if (outcome.endpoint) kept.push(outcome.endpoint);
    if (outcome.change) merged.changes.push(outcome.change);
    else merged.unchanged += 1;
    if (outcome.byHand) merged.byHand += 1;
    if (outcome.change?.change === "conflict" && !Object.hasOwn(choice.decisions, id)) merged.undecided.push(id);
  }
  const keys = new Set(ours.endpoints.map(({ key }) => key));
  for (const [id, endpoint] of theirs) {
    if (mine.has(id)) continue;
    const change = known.has(id) ? "offered" : "added";
    merged.changes.push({ id, ...labelOf(endpoint), change, details: [], breaking: [] });
    if (!choice.take.has(endpoint.key)) continue;
    const key = freeKey(endpoint.key, keys);
    keys.add(key);
    kept.push({ ...endpoint, key });
  }
  const signIn = mergeSignIn({ base, ours, theirs: file }, choice, merged);
  const { draft, consequences } = settle({ ...ours, ...signIn, endpoints: kept });
  return { ...merged, draft, consequences };
}

/** Files are compared by method and path, unless the endpoint says where it came from. */
export function identityOf({ imported, method, path }: Endpoint): string {
  return imported ?? `${method} ${path}`;
}

function byIdentity(endpoints: readonly Endpoint[]): Map<string, Endpoint> {
  const found = new Map<string, Endpoint>();
  const counts = new Map<string, number>();
  for (const endpoint of endpoints) {
    const identity = identityOf(endpoint);
    let id = identity;
    let count = counts.get(identity) ?? 1;
    // Two that people made for one place are two all the same; thousands of one place are not counted from the beginning each time.
    while (found.has(id)) id = `${identity} #${++count}`;
    counts.set(identity, count);
    found.set(id, endpoint);
  }
  return found;
}

/** Links in a file name its own keys; here they name those that the endpoints have in the connector. */
function withLinkKeys(endpoints: readonly Endpoint[], mine: Map<string, Endpoint>): Endpoint[] {
  const keys = new Map(endpoints.map((endpoint) => [endpoint.key, mine.get(identityOf(endpoint))?.key ?? endpoint.key]));
  return endpoints.map((endpoint) => ({
    ...endpoint,
    parameters: endpoint.parameters.map((parameter) =>
      parameter.link?.kind === "dynamic"
        ? { ...parameter, link: { ...parameter.link, endpoint: keys.get(parameter.link.endpoint) ?? parameter.link.endpoint } }
        : parameter,
    ),
  }));
}

type Change = Omit<EndpointChange, "steps">;
type Outcome = { endpoint: Endpoint | null; change: Change | null; byHand: boolean };
type Forms = { id: string; ours: Endpoint; base: Endpoint | null; theirs: Endpoint | null };

function outcomeOf(forms: Forms, choice: MergeChoice): Outcome {
  const { id, ours, base, theirs } = forms;
  const decided = choice.decisions[id] ?? "mine";
  if (theirs) return changed({ id, ours, base, theirs }, choice, decided);
  const removed: Change = { id, ...labelOf(ours), change: "removed", details: [], breaking: ["it is gone"] };
  if (choice.mode === "overwrite") return { endpoint: null, change: removed, byHand: false };
  // Made by hand, so no file speaks of it.
  if (!base) return { endpoint: ours, change: null, byHand: true };
  if (same({ ...base, key: "" }, { ...ours, key: "" })) return { endpoint: null, change: removed, byHand: false };
  const details = ["the file no longer has it, and it was changed by hand"];
  return { endpoint: decided === "file" ? null : ours, change: { ...removed, change: "conflict", details }, byHand: false };
}

function changed(forms: Forms & { theirs: Endpoint }, { mode }: MergeChoice, decided: Preference): Outcome {
  const { id, ours, theirs } = forms;
  const overwritten: Endpoint = { ...theirs, key: ours.key };
  const asFile = mode === "overwrite" ? { endpoint: overwritten, conflicts: [] } : mergeEndpoint(forms, "file");
  const { conflicts } = asFile;
  const difference = compareEndpoints(ours, asFile.endpoint);
  if (conflicts.length === 0 && same(asFile.endpoint, ours)) return { endpoint: ours, change: null, byHand: false };
  // Nothing that anybody could see, e.g. an example: taken without a word.
  if (conflicts.length === 0 && difference.details.length + difference.breaking.length === 0)
    return { endpoint: asFile.endpoint, change: null, byHand: false };
  const details = [...conflicts.map((what) => `the file and people changed ${what}`), ...difference.details];
  const change = conflicts.length > 0 ? "conflict" : "changed";
  return {
    endpoint: conflicts.length > 0 && decided === "mine" ? mergeEndpoint(forms, "mine").endpoint : asFile.endpoint,
    change: { id, ...labelOf(theirs), key: ours.key, change, details, breaking: difference.breaking },
    byHand: false,
  };
}

function labelOf({ key, method, path, name }: Endpoint): Pick<EndpointChange, "key" | "method" | "path" | "name"> {
  return { key, method, path, name };
}

/** A file without servers or security has no word to overwrite with. */
function mergeSignIn({ base, ours, theirs }: MergeForms, { mode, decisions }: MergeChoice, merged: Merged) {
  const of = ({ baseUrl, variables = [] }: FileForm) => ({ baseUrl, variables });
  const parts = [
    { word: "the base URL", silent: theirs.baseUrl === "", forms: [base && of(base), of(ours), of(theirs)] },
    { word: "the authentication", silent: theirs.auth.kind === "none", forms: [base?.auth ?? null, ours.auth, theirs.auth] },
  ] as const;
  const details: string[] = [];
  let conflict = false;
  const taken = parts.map(({ word, silent, forms: [before, mine, after] }) => {
    if (silent || same(mine, after)) return false;
    if (mode === "merge" && before !== null && same(before, after)) return false;
    details.push(`${word} changed`);
    if (mode === "overwrite" || (before !== null && same(before, mine))) return true;
    conflict = true;
    return (decisions[signInDecision] ?? "mine") === "file";
  });
  if (details.length > 0) merged.signIn = { conflict, details };
  if (conflict && !Object.hasOwn(decisions, signInDecision)) merged.undecided.push(signInDecision);
  const [url, auth] = taken;
  return {
    ...(url && { baseUrl: theirs.baseUrl, variables: theirs.variables }),
    ...(auth && { auth: theirs.auth }),
  };
}

function freeKey(wanted: string, taken: ReadonlySet<string>): string {
  let key = wanted;
  for (let count = 2; taken.has(key); count++) key = `${wanted.slice(0, 58)}-${count}`;
  return key;
}
