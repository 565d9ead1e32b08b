import { afterEach, describe, expect, test } from "vitest";
import { DnsServer, type Zone } from "./dns-server.fixture.ts";
import { ForwardNames, MAXIMUM_NAMES, reverseName } from "./forward-names.ts";

let server: DnsServer | null = null;
afterEach(async () => {
  await server?.stop();
  server = null;
});

/** As DnsServer names questions. */
function reverseQuestion(address: string): string {
  return `PTR ${reverseName(address)}`;
}

async function namesBy(records: readonly (readonly [string, readonly string[] | "silent" | "failing"])[]): Promise<ForwardNames> {
  server = new DnsServer({ records: new Map(records) } satisfies Zone);
  return new ForwardNames({ servers: [await server.start()], timeoutMs: 150, deadlineMs: 8000, gapMs: 1 });
}

describe("forward-confirmed names", () => {
  test("are those that lead back, IPv4 and IPv6 alike", async () => {
    const names = await namesBy([
      [reverseQuestion("162.142.125.7"), ["scanner-7.ch1.censys-scanner.com"]],
      ["A scanner-7.ch1.censys-scanner.com", ["162.142.125.6", "162.142.125.7"]],
      [reverseQuestion("2620:96:e000::107"), ["v6.censys-scanner.com"]],
      ["AAAA v6.censys-scanner.com", ["2620:96:e000:0::107"]],
    ]);
    await names.ask(["162.142.125.7", "2620:96:e000::107"]);
    expect(names.nameOf("162.142.125.7")).toEqual({ name: "scanner-7.ch1.censys-scanner.com", forwardConfirmed: true, doubt: null });
    expect(names.nameOf("2620:96:e000::107")?.forwardConfirmed).toBe(true);
    expect(names.summary()).toMatchObject({ asked: 2, named: 2, confirmed: 2, failed: 0, leftOut: 0 });
  });

  test("near miss: a name of Censys or of research that leads elsewhere, or nowhere, is doubted and says so", async () => {
    const names = await namesBy([
      [reverseQuestion("80.82.65.237"), ["scanner-1.censys-scanner.com"]],
      ["A scanner-1.censys-scanner.com", ["162.142.125.1"]],
      [reverseQuestion("80.82.65.238"), ["census12.research.example"]],
      [reverseQuestion("80.82.65.239"), ["dsl-239.example"]],
    ]);
    await names.ask(["80.82.65.237", "80.82.65.238", "80.82.65.239"]);
    expect(names.nameOf("80.82.65.237")?.doubt).toMatch(/says that it is Censys, but does not lead back/);
    expect(names.nameOf("80.82.65.238")?.doubt).toMatch(/says that it scans for research/);
    expect(names.nameOf("80.82.65.239")).toEqual({ name: "dsl-239.example", forwardConfirmed: false, doubt: null });
  });

  test("are asked for once, and never for addresses that do not come over the Internet or are none", async () => {
    const names = await namesBy([]);
    await names.ask(["10.0.0.1", "192.0.2.1", "fe80::1", "(c0ffee)", "", "8.8.8.8", "8.8.8.8"]);
    await names.ask(["8.8.8.8"]);
    expect(server?.questions).toEqual([reverseQuestion("8.8.8.8")]);
    expect(names.nameOf("8.8.8.8")).toBeNull();
  });

  test("a resolver that is silent or fails is counted, and given up", async () => {
    const addresses = Array.from({ length: 40 }, (_, i) => `80.82.65.${i + 1}`);
    const names = await namesBy(addresses.map((address, i) => [reverseQuestion(address), i % 2 === 0 ? "failing" : "silent"] as const));
    await names.ask(addresses);
    const { asked, failed, leftOut, confirmed } = names.summary();
    expect({ failed, confirmed }).toEqual({ failed: asked, confirmed: 0 });
    expect(asked + leftOut).toBe(40);
    expect(leftOut).toBeGreaterThan(0);
  });

  test("are asked for under names as RFC 1035 and RFC 3596 write them", () => {
    expect(reverseName("192.0.2.5")).toBe("5.2.0.192.in-addr.arpa");
    expect(reverseName("4321:0:1:2:3:4:567:89ab")).toBe("b.a.9.8.7.6.5.0.4.0.0.0.3.0.0.0.2.0.0.0.1.0.0.0.0.0.0.0.1.2.3.4.ip6.arpa");
  });

  test("more addresses than the bound are left out and counted; hostile names are no names", async () => {
    const addresses = Array.from({ length: MAXIMUM_NAMES + 5 }, (_, i) => `80.83.${i >> 8}.${i & 255}`);
    const evil = ["\u001b[31mcensys", "x".repeat(63)].map((label) => `${label}.example`);
    const names = await namesBy([[reverseQuestion("80.83.0.0"), [evil[0] ?? ""]]]);
    await names.ask(addresses);
    expect(names.summary()).toMatchObject({ asked: MAXIMUM_NAMES, named: 0, leftOut: 5 });
  });
});
