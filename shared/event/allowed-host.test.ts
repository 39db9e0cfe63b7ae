import { describe, expect, it } from "vitest";
import { isAllowedHost } from "./allowed-host.ts";

describe("isAllowedHost", () => {
  it.each([
    ["api.paypal.com", ["api.paypal.com"], true],
    ["xapi.paypal.com", ["api.paypal.com"], false],
    ["api.paypal.com.evil.tld", ["api.paypal.com"], false],
    ["a.b.example.com", [".example.com"], true],
    ["example.com", [".example.com"], false],
    ["evilexample.com", [".example.com"], false],
    ["sns.eu-west-1.amazonaws.com", ["sns.*.amazonaws.com"], true],
    ["sns.eu-west-1.amazonaws.com.evil.tld", ["sns.*.amazonaws.com"], false],
    ["sns.s3.amazonaws.com", ["sns.*.amazonaws.com"], false],
    ["sns.a.b.amazonaws.com", ["sns.*.amazonaws.com"], false],
    ["sns..amazonaws.com", ["sns.*.amazonaws.com"], false],
    ["evil.eu-west-1.amazonaws.com", ["sns.*.amazonaws.com"], false],
    ["example.com", [], false],
  ])("judges %s by %j", (host, hosts, expected) => {
    expect(isAllowedHost(host, hosts)).toBe(expected);
  });
});
