import { type BinaryLike, randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import { AppError } from "../../shared/app-error.ts";

/** Parameters of scrypt; `ln` is the binary logarithm of N. Only tests choose smaller ones. */
export type Cost = { ln: number; r: number; p: number };

export type Passwords = {
  /** A new hash with its own salt and parameters: `$scrypt$ln=15,r=8,p=1$<salt>$<hash>`. */
  hash(password: string): Promise<string>;
  /** Is it the password of this hash? With null (nobody has the address) it does the same work and gives false. */
  verify(password: string, stored: string | null): Promise<boolean>;
};

/** 32 MB and some 80 ms. OWASP's list has p = 3 for this N; the limiter and the queue make up for it, and a hash keeps what it was made with. */
const usualCost: Cost = { ln: 15, r: 8, p: 1 };
const hashLength = 32;
const scryptAsync = promisify<BinaryLike, BinaryLike, number, ScryptOptions, Buffer>(scrypt);
const maxWaiting = 50;
const format = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([\w-]+)\$([\w-]+)$/;

type Parsed = Cost & { salt: Buffer; hash: Buffer };

/**
 * Passwords with scrypt (RFC 7914), one at a time: each takes 32 MB and a thread of the pool that also looks up host names, so a
 * flood of sign-ins must not slow down flows. Throws `unavailable` when too many wait.
 */
export function createPasswords(cost: Cost = usualCost): Passwords {
  const nobody: Parsed = { ...cost, salt: Buffer.alloc(16), hash: Buffer.alloc(hashLength) };
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (waiting >= maxWaiting) throw new AppError("unavailable", "too many sign-ins at once: try again in a moment");
    waiting += 1;
    const turn = last.then(work).finally(() => {
      waiting -= 1;
    });
    last = turn.catch(() => undefined);
    return turn;
  }

  return {
    async hash(password) {
      const salt = randomBytes(16);
      const hash = await inTurn(() => derive(password, { ...nobody, salt }));
      return `$scrypt$ln=${cost.ln},r=${cost.r},p=${cost.p}$${salt.toString("base64url")}$${hash.toString("base64url")}`;
    },
    async verify(password, stored) {
      const parsed = stored === null ? nobody : parse(stored);
      const hash = await inTurn(() => derive(password, parsed));
      return timingSafeEqual(hash, parsed.hash) && stored !== null;
    },
  };
}

async function derive(password: string, { ln, r, p, salt, hash }: Parsed): Promise<Buffer> {
  const N = 2 ** ln;
  // Node refuses what needs more than maxmem, 32 MB unless told otherwise: what these parameters need, and little more.
  const options: ScryptOptions = { N, r, p, maxmem: 128 * N * r + 128 * r * p + 1_048_576 };
  try {
    // The same password typed on another keyboard may be other code points (NFKC: RFC 8265, 4.2).
    return await scryptAsync(password.normalize("NFKC"), salt, hash.length, options);
  } catch (cause) {
    throw new AppError("internal", "the password could not be hashed", { cause });
  }
}

function parse(stored: string): Parsed {
  const [match, ln, r, p, salt = "", hash = ""] = format.exec(stored) ?? [];
  if (match === undefined) throw new AppError("internal", "a stored password hash cannot be read");
  const bytes = (text: string) => Buffer.from(text, "base64url");
  return { ln: Number(ln), r: Number(r), p: Number(p), salt: bytes(salt), hash: bytes(hash) };
}
