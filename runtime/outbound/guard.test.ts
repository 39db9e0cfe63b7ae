import { buildConnector } from "undici";
import { afterAll, describe, expect, test } from "vitest";
import { startFakeUpstream } from "../testing/fake-upstream.ts";
import { createGuard, type Guard, type ResolveAll, refusalIn } from "./guard.ts";

const upstream = await startFakeUpstream();
afterAll(() => upstream.close());

type Lookup = (
  hostname: string,
  options: { all: boolean },
  done: (error: Error | null, address: unknown, family?: number) => void,
) => void;

describe("what is refused before any connection", () => {
  const guard = createGuard(["127.0.0.1:8421", "[::1]:9000", "Internal.Example:8080"]);

  test.each([
    ["F1 short form", "https://127.1/"],
    ["F2 decimal", "https://2130706433/"],
    ["F3 octal", "https://0177.0.0.1/"],
    ["F3 hexadecimal", "https://0x7f.1/"],
    ["F4 circled digits", "https://①②⑦.⓪.⓪.①/"],
    ["F4 ideographic full stops", "https://127。0。0。1/"],
    ["F5 IPv4 inside IPv6", "https://[::ffff:7f00:1]/"],
    ["F6 zero", "https://0/"],
    ["F7 the unspecified address", "https://[::]/"],
    ["F8 localhost with a dot", "https://localhost./"],
    ["F8 a name under localhost", "https://api.localhost/"],
    ["F9 user information in front", "https://foo@127.0.0.1/"],
    ["F10 link-local metadata", "https://169.254.169.254/latest/meta-data"],
    ["F10 metadata in shared address space", "https://100.100.100.200/"],
    ["F10 IPv6 metadata", "https://[fd00:ec2::254]/"],
    ["F10 a metadata name", "https://metadata.google.internal/"],
    ["F10 NAT64", "https://[64:ff9b::a9fe:a9fe]/"],
    ["F10 6to4", "https://[2002:7f00:1::]/"],
    ["F10 Teredo", "https://[2001:0:1::1]/"],
    ["an IPv4-compatible address", "https://[::7f00:1]/"],
    ["percent-encoded digits", "https://%31%32%37.0.0.1/"],
    ["a private network", "https://10.1.2.3/"],
    ["the private twelve", "https://172.16.0.1/"],
    ["a home network", "https://192.168.1.1/"],
    ["benchmarking", "https://198.18.0.1/"],
    ["multicast", "https://224.0.0.1/"],
    ["reserved space", "https://250.1.1.1/"],
    ["documentation", "https://[2001:db8::1]/"],
    ["unique local", "https://[fc00::1]/"],
    ["link local", "https://[fe80::1]/"],
    ["site local", "https://[fec0::1]/"],
    ["IPv6 loopback", "https://[::1]/"],
  ])("%s", (_, url) => {
    expect(guard.refuse(new URL(url))).toMatchObject({ reason: "egress" });
  });

  test.each([
    ["http", "http://api.example.com/", "http"],
    ["another scheme", "ftp://api.example.com/", "http"],
    ["http to a public address", "http://1.1.1.1/", "http"],
    ["an unusual port", "https://api.example.com:6379/", "port"],
    ["a port near an allowed one", "http://127.0.0.1:8422/", "http"],
    ["https to an address whose other port is allowed", "https://127.0.0.1/", "egress"],
  ])("%s", (_, url, reason) => {
    expect(guard.refuse(new URL(url))?.reason).toBe(reason);
  });

  test("names the documents' words for a base URL without https", () => {
    expect(guard.refuse(new URL("http://api.example.com/"))?.message).toContain("Request Timeout");
  });

  test.each([
    "https://api.example.com/",
    "https://api.example.com:8443/",
    "https://1.1.1.1/",
    "https://[2606:4700::1111]/",
    "https://[::ffff:101:101]/",
    "http://127.0.0.1:8421/",
    "https://127.1:8421/",
    "http://[::1]:9000/",
    "http://internal.example:8080/",
  ])("lets %s pass", (url) => {
    expect(guard.refuse(new URL(url))).toBeNull();
  });

  test.each(["127.0.0.1", "http://127.0.0.1:80", "host:80/path", ":80"])(
    "refuses %s as an exception of the operator",
    (entry) => {
      expect(() => createGuard([entry])).toThrow(expect.objectContaining({ code: "config" }));
    },
  );
});

describe("what is refused when a connection is made", () => {
  test.each([
    ["a literal address", "127.0.0.1", []],
    ["a name with a private address", "private.example", ["10.0.0.1"]],
    ["F11 a name with one bad address among good ones", "mixed.example", ["1.1.1.1", "127.0.0.1"]],
    ["F11 a name whose IPv6 address is bad", "mixed.example", ["1.1.1.1", "::ffff:10.0.0.1"]],
    ["a scoped address", "scoped.example", ["fe80::1%eth0"]],
    ["a name without any address", "empty.example", []],
  ])("%s, without a packet", async (_, hostname, addresses) => {
    const guard = createGuard([], resolvesTo(addresses));
    const error = await connect(guard, hostname);
    expect(refusalIn(error)).toMatchObject({ reason: "egress" });
    expect(upstream.connections()).toBe(0);
  });

  test("F12: the addresses that were checked are those that are used, from one lookup", async () => {
    const answers = [[{ address: "1.1.1.1", family: 4 }], [{ address: "127.0.0.1", family: 4 }]];
    let lookups = 0;
    const guard = createGuard([], (_, done) => done(null, answers[lookups++] ?? []));
    let used: unknown;
    guard.connector((options) => {
      const lookup = options && "lookup" in options ? (options.lookup as Lookup) : null;
      return () => lookup?.("rebinding.example", { all: true }, (_, addresses) => (used = addresses));
    })({ hostname: "rebinding.example", protocol: "https:", port: "443" }, () => {});
    expect(used).toEqual(answers[0]);
    expect(lookups).toBe(1);
  });

  test("gives one address to who asks for one", () => {
    const guard = createGuard([], resolvesTo(["1.1.1.1", "1.0.0.1"]));
    let used: unknown[] = [];
    guard.connector((options) => {
      const lookup = options && "lookup" in options ? (options.lookup as Lookup) : null;
      return () => lookup?.("a.example", { all: false }, (...result) => (used = result));
    })({ hostname: "a.example", protocol: "https:", port: "443" }, () => {});
    expect(used).toEqual([null, "1.1.1.1", 4]);
  });

  test("a name that does not resolve is no refusal", async () => {
    const guard = createGuard([], (_, done) => done(new TypeError("ENOTFOUND"), []));
    const error = await connect(guard, "gone.example");
    expect(error).toMatchObject({ message: "ENOTFOUND" });
    expect(refusalIn(error)).toBeNull();
  });

  test("connects to a named host and port whatever its address", async () => {
    expect(await connect(createGuard([upstream.host]), "127.0.0.1")).toBeNull();
  });
});

function resolvesTo(addresses: string[]): ResolveAll {
  return (_, done) =>
    done(
      null,
      addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
    );
}

/** The error that a connection to the upstream's port ends with, or null when it is made. */
function connect(guard: Guard, hostname: string): Promise<Error | null> {
  const { port } = new URL(upstream.url);
  return new Promise((resolve) => {
    guard.connector(buildConnector)({ hostname, protocol: "http:", port }, (error, socket) => {
      socket?.destroy();
      resolve(error);
    });
  });
}
