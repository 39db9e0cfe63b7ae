import { scryptSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createPasswords } from "./passwords.ts";

const passwords = createPasswords();
/** Cheap parameters: what is stored decides, not what is usual today. */
const cheap = `$scrypt$ln=4,r=1,p=1$${Buffer.from("salt").toString("base64url")}$${scryptSync("pass", "salt", 32, { N: 16, r: 1, p: 1 }).toString("base64url")}`;

describe("createPasswords", () => {
  it("verifies the password it hashed and no other", async () => {
    const stored = await passwords.hash("correct horse");
    expect(stored).toMatch(/^\$scrypt\$ln=15,r=8,p=1\$[\w-]{22}\$[\w-]{43}$/);
    expect(await passwords.verify("correct horse", stored)).toBe(true);
    expect(await passwords.verify("correct horse ", stored)).toBe(false);
    expect(await passwords.verify("", stored)).toBe(false);
  });

  it("salts every hash", async () => {
    expect(await passwords.hash("same")).not.toBe(await passwords.hash("same"));
  });

  it("reads the parameters that are stored with the hash", async () => {
    expect(await passwords.verify("pass", cheap)).toBe(true);
    expect(await passwords.verify("Pass", cheap)).toBe(false);
  });

  it("takes composed and decomposed letters for the same password", async () => {
    expect(await passwords.verify("pass\u00e9", await passwords.hash("passe\u0301"))).toBe(true);
  });

  it("gives false when there is no hash, even for the password whose hash it would be", async () => {
    expect(await passwords.verify("", null)).toBe(false);
    expect(await passwords.verify("anything", null)).toBe(false);
  });

  it.each(["", "plain", "$2b$10$abcdefghijklmnopqrstuv", "$scrypt$ln=15,r=8$a$b"])(
    "takes %j for a fault, not for a wrong password",
    async (stored) => {
      await expect(passwords.verify("x", stored)).rejects.toMatchObject({ code: "internal" });
    },
  );

  it("takes parameters that scrypt refuses for a fault, and goes on", async () => {
    await expect(passwords.verify("x", "$scrypt$ln=0,r=8,p=1$YQ$YQ")).rejects.toMatchObject({ code: "internal" });
    expect(await passwords.verify("pass", cheap)).toBe(true);
  });

  it("works one at a time and refuses more than 50 in wait", async () => {
    const own = createPasswords();
    const settled = await Promise.allSettled(Array.from({ length: 60 }, () => own.verify("pass", cheap)));
    expect(settled.filter(({ status }) => status === "fulfilled")).toHaveLength(50);
    expect(settled.at(-1)).toMatchObject({ reason: { code: "unavailable" } });
    expect(await own.verify("pass", cheap)).toBe(true);
  });
});
