import { describe, expect, it } from "vitest";
import { cpuMs } from "../../testing/cpu-ms.ts";
import { parseRawRequest } from "./raw-request.ts";

const parse = (text: string, url?: string) => {
  const { body, ...rest } = parseRawRequest(Buffer.from(text, "latin1"), url);
  return { ...rest, body: Buffer.from(body).toString("latin1") };
};

describe("parseRawRequest", () => {
  it("reads line, headers and the exact bytes of the body", () => {
    expect(parse("PUT /hooks/1?a=b HTTP/1.1\r\nHost: h.test:8443\r\nX-Sig:  ab \r\nx-SIG: cd\r\n\r\n\r\n{\x00\xff}\n")).toEqual({
      method: "PUT",
      url: "https://h.test:8443/hooks/1?a=b",
      headers: { host: "h.test:8443", "x-sig": "ab, cd" },
      body: "\r\n{\x00\xff}\n",
    });
  });

  it("takes a file with line feeds only, without request line or host, and the URL that it is told", () => {
    expect(parse("X-Sig: ab\n\n{}", "https://public.test/hooks/1")).toEqual({
      method: "POST",
      url: "https://public.test/hooks/1",
      headers: { "x-sig": "ab" },
      body: "{}",
    });
    expect(parse("X-Sig: ab\n\n{}").url).toBe("https://localhost/");
    expect(parse("POST http://h.test/x HTTP/1.1\n\n").url).toBe("http://h.test/x");
  });

  it("leaves what stands behind the length that was sent, such as an editor's line break", () => {
    expect(parse("POST / HTTP/1.1\nContent-Length: 2\n\n{}\n").body).toBe("{}");
    expect(parse("POST / HTTP/1.1\nContent-Length: 99\n\n{}").body).toBe("{}");
  });

  it("has no body without an empty line, and takes __proto__ for data", () => {
    expect(parse("POST / HTTP/1.1\nA: b\n")).toMatchObject({ headers: { a: "b" }, body: "" });
    expect(Object.entries(parse("__proto__: x\n\n").headers)).toEqual([["__proto__", "x"]]);
  });

  it("reads half a megabyte of blanks within a value in no time", () => {
    const value = `a${" ".repeat(500_000)}b`;
    const took = cpuMs(() => expect(parse(`X-Sig: ${value}\t \n\n`).headers).toEqual({ "x-sig": value }));
    expect(took).toBeLessThan(500);
  });

  it.each(["POST / HTTP/1.1\nno header\n\n", "no header\n\n", ": x\n\n"])("refuses %j", (text) => {
    expect(() => parse(text)).toThrow(expect.objectContaining({ code: "bad_request" }));
  });
});
