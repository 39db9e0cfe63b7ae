import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { parseArgs } from "node:util";
import { AppError } from "../../shared/app-error.ts";
import { needsSecret } from "../../shared/event/needs-secret.ts";
import { providers } from "../../shared/event/providers/providers.ts";
import { SignatureRecipe } from "../../shared/event/signature-recipe.ts";
import { compileRecipe, secretProblem } from "../ingress/verify/compile-recipe.ts";
import { type Detected, detectRecipe } from "../ingress/verify/detect.ts";
import { captureReading } from "../ingress/verify/detect-values.ts";
import { explainRefusal } from "../ingress/verify/explain-refusal.ts";
import { type CapturedRequest, parseRawRequest } from "../ingress/verify/raw-request.ts";
import { signedContentShown } from "../ingress/verify/show-signed-content.ts";
import { verifyDelivery } from "../ingress/verify/verify-delivery.ts";

const usage = `Usage: npm run patchbay -- webhooks detect --request FILE --secret-stdin [--url URL] [--json]
       npm run patchbay -- webhooks verify --recipe FILE|NAME --request FILE --secret-stdin [--url URL] [--at ISO|ms] [--json]
FILE of --request: a raw HTTP request as captured. --url: the public URL of the hook, where the request does not say it.`;

const options = {
  request: { type: "string" },
  recipe: { type: "string" },
  certificate: { type: "string" },
  url: { type: "string" },
  at: { type: "string" },
  "secret-stdin": { type: "boolean" },
  json: { type: "boolean" },
} as const;
type Options = ReturnType<typeof parseArgs<{ options: typeof options; allowPositionals: true }>>["values"];

/**
 * Finds out how a captured request was signed, or checks one against a recipe; needs no server. Exit codes: 0 matched or accepted, 1 not,
 * 2 usage or something that cannot be read. The secret comes by standard input, since arguments are visible to every user.
 */
export async function webhooks(args: string[]): Promise<void> {
  try {
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
    const [verb, ...more] = positionals;
    if (more.length > 0 || (verb !== "detect" && verb !== "verify")) throw new AppError("bad_request", usage);
    process.exitCode = verb === "detect" ? await detect(values) : await verify(values);
  } catch (error) {
    if (!(error instanceof AppError) && !isUsage(error)) throw error;
    process.stderr.write(`patchbay: ${error.message}\n`);
    process.exitCode = 2;
  }
}

async function detect(values: Options): Promise<number> {
  if (values.recipe !== undefined || values.at !== undefined) throw new AppError("bad_request", usage);
  const request = await readRequest(values);
  const found = detectRecipe({ request, secret: await readSecret(values), now: Date.now() });
  const { matched, candidates, reason } = found;
  const result = { matched: matched?.recipe ?? null, provider: matched?.provider ?? null, candidates, reason };
  process.stdout.write(values.json ? `${JSON.stringify(result)}\n` : readable(found));
  return matched ? 0 : 1;
}

async function verify(values: Options): Promise<number> {
  if (values.recipe === undefined) throw new AppError("bad_request", usage);
  const recipe = await readRecipe(values.recipe);
  const request = await readRequest(values);
  const secret = needsSecret(recipe) || values["secret-stdin"] ? await readSecret(values) : "";
  const problem = secretProblem(recipe, secret);
  if (problem !== null) throw new AppError("bad_request", problem);
  const certificate = values.certificate === undefined ? undefined : (await read(values.certificate)).toString("utf8");
  const delivery = captureReading(request);
  const compiled = compileRecipe(recipe, needsSecret(recipe) ? [{ secret, expiresAt: null }] : []);
  const verified = verifyDelivery(compiled, delivery, timeIn(values.at), certificate);
  if (verified.outcome === "accepted") {
    const { verifiedBy, dedupeKey } = verified;
    const result = { accepted: true, verifiedBy, dedupeKey, eventType: compiled.eventType(delivery) };
    process.stdout.write(values.json ? `${JSON.stringify(result)}\n` : `accepted: ${verifiedBy}\n`);
    return 0;
  }
  const explanation = explainRefusal(verified.reason, recipe, verified.header);
  const signedContent = signedContentShown(recipe, delivery);
  const result = { accepted: false, reason: verified.reason, explanation, signedContent: signedContent?.text ?? null };
  const shown = signedContent === null ? "" : `signed content: ${signedContent.text}\n`;
  process.stdout.write(values.json ? `${JSON.stringify(result)}\n` : `refused: ${explanation}\n${shown}`);
  return 1;
}

async function readRequest({ request, url }: Options): Promise<CapturedRequest> {
  if (request === undefined) throw new AppError("bad_request", usage);
  if (url !== undefined && !/^https?:\/\/[^/?#\s]+/i.test(url))
    throw new AppError("bad_request", "--url must be an http or https URL");
  return parseRawRequest(await read(request), url);
}

/** One line break at its end is the shell's, not the secret's. */
async function readSecret(values: Options): Promise<string> {
  if (!values["secret-stdin"]) throw new AppError("bad_request", usage);
  const secret = (await text(process.stdin)).replace(/\r?\n$/, "");
  if (secret.trim() === "") throw new AppError("bad_request", "no secret came by standard input");
  return secret;
}

async function readRecipe(nameOrFile: string): Promise<SignatureRecipe> {
  const asked = nameOrFile.toLowerCase();
  const provider = providers.find(({ key, name }) => key === asked || name.toLowerCase() === asked);
  if (provider) return provider.recipe;
  let document: unknown;
  try {
    document = JSON.parse((await read(nameOrFile)).toString("utf8"));
  } catch (error) {
    if (error instanceof AppError)
      throw new AppError("bad_request", `--recipe: no provider of the library is named so, and ${error.message}`);
    throw new AppError("bad_request", `--recipe: the file is no JSON`, { cause: error });
  }
  const parsed = SignatureRecipe.safeParse(document);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new AppError("bad_request", `--recipe: ${issue?.path.join(".") || "recipe"}: ${issue?.message}`);
}

async function read(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new AppError("bad_request", `the file could not be read: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

function timeIn(at: string | undefined): number {
  if (at === undefined) return Date.now();
  const time = /^\d{1,15}$/.test(at) ? Number(at) : Date.parse(at);
  if (Number.isNaN(time)) throw new AppError("bad_request", "--at must be milliseconds since 1970 or a time in ISO 8601");
  return time;
}

/** What `parseArgs` throws for an option that it does not know. */
function isUsage(error: unknown): error is Error {
  return error instanceof TypeError && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS");
}

function readable({ matched, candidates, reason }: Detected): string {
  const near = candidates.map(({ name, problem }) => `  ${name}: ${problem}`);
  const found = matched === null ? [] : [`matched: ${matched.provider ?? matched.name}`, JSON.stringify(matched.recipe, null, 2)];
  return `${[...found, reason, ...(matched === null && near.length > 0 ? ["Near:", ...near] : [])].join("\n")}\n`;
}
