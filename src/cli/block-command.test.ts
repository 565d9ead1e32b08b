import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { inProcess } from "./in-process.fixture.ts";
import { gateways, resolvers } from "./this-machine.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "precursor-block-"));
});
afterAll(() => rmSync(folder, { recursive: true }));
const block = (...args: readonly string[]): ReturnType<typeof inProcess> => inProcess(["block", ...args], folder);

/** A report as `assess --format json` writes it, as far as it is read. */
function report(changes: Readonly<Record<string, unknown>> = {}): string {
  const scan = { kind: "horizontal", contactCount: 900, spoofable: false, acknowledged: null, outcomes: { answered: 0 } };
  return JSON.stringify({
    schema: "precursor.report/1",
    input: { sources: [{ anonymised: false }] },
    home: { networks: ["45.80.10.0/24"] },
    portZero: { verdict: "on-wire" },
    scansTotal: 5,
    scans: [
      { ...scan, source: "93.174.93.175" },
      { ...scan, source: "80.82.65.237", spoofable: true },
      { ...scan, source: "71.6.135.131", acknowledged: { organisation: "Shodan", status: "confirmed" } },
      { ...scan, source: "45.80.10.9" },
      { ...scan, source: "2a02:4780:2::1" },
    ],
    backscatter: [],
    assessment: { tooEarly: false, severity: "high" },
    ...changes,
  });
}

describe("precursor block", () => {
  test("writes port zero for a platform, with its removal, to a file", async () => {
    const { status, stderr } = await block("--port-zero", "--for", "nftables", "--incident", "INC-42", "-o", "zero.nft");
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const text = readFileSync(join(folder, "zero.nft"), "utf8");
    expect(text).toContain("ip frag-off & 0x3fff == 0 tcp sport 0 counter drop");
    expect(text).not.toContain("udp sport 0");
    expect(text).toContain("#   nft delete table inet precursor_port_zero_inc_42");
  });
  test("blocks of a report those that are real, foreign and hostile, and says who is left out", async () => {
    writeFileSync(join(folder, "report.json"), report());
    const { status, stdout, stderr } = await block("--report", "report.json", "--for", "cidr");
    expect(status).toBe(0);
    expect(stdout.split("\n").filter((line) => !line.startsWith("#") && line !== "")).toEqual(["93.174.93.175", "2a02:4780:2::1"]);
    expect(stderr).toContain("80.82.65.237: never showed that it gets answers");
    expect(stderr).toContain("71.6.135.131: an acknowledged scanner (Shodan");
    expect(stderr).toContain("45.80.10.9: one of your own networks");
    expect(stderr).toContain("--port-zero drops it");
  });
  test("blocks of a report an acknowledged network's address that behaves otherwise, and nobody beside it there", async () => {
    const scan = { kind: "horizontal", contactCount: 900, spoofable: false, outcomes: { answered: 0 } };
    const said = (status: string): unknown => ({ organisation: "Shodan", status });
    const scans = [
      { ...scan, source: "71.6.135.131", acknowledged: said("disputed") },
      { ...scan, source: "71.6.146.185", acknowledged: said("claimed") },
    ];
    writeFileSync(join(folder, "disputed.json"), report({ scans, scansTotal: 2 }));
    const { stdout, stderr } = await block("--report", "disputed.json", "--for", "cidr", "--aggregate", "4096");
    expect(stderr).not.toContain("71.6.135.131");
    expect(stdout.split("\n").filter((line) => !line.startsWith("#") && line !== "")).toEqual(["71.6.135.131"]);
    expect(stderr).toContain("71.6.146.185: an acknowledged scanner (Shodan");
    // By name it takes being told: nothing here says how it behaved
    expect((await block("--source", "71.6.135.131", "--for", "cidr")).status).toBe(2);
  });
  test("says who is left out for being of the other version of IP", async () => {
    const { stdout, stderr } = await block("--source", "93.174.93.175", "--source", "2a02:4780:2::1", "--family", "6", "--for", "cidr");
    expect(stdout).toContain("\n2a02:4780:2::1\n");
    expect(stderr).toContain("93.174.93.175: of IPv4, which --family leaves out");
    expect((await block("--source", "93.174.93.175", "--family", "6", "--for", "cidr")).stderr).toContain("nothing is left to block");
  });
  test("near miss: a report with nobody to block is no failure, and empties the set", async () => {
    writeFileSync(join(folder, "none.json"), report({ scans: [], scansTotal: 0 }));
    const { status, stdout, stderr } = await block("--report", "none.json", "--for", "ipset");
    expect(status).toBe(0);
    expect(stdout).toContain("flush precursor-4");
    expect(stderr).toContain("no reason to block anybody");
  });
  test.each([
    ["own networks", ["--source", "45.80.10.9", "--home", "45.80.10.0/24"], "own networks"],
    ["private ranges", ["--source", "10.0.0.1"], "special range"],
    ["loopback", ["--source", "127.0.0.1"], "127.0.0.1"],
    ["a resolver", ["--source", "8.8.8.8"], "public resolver (Google)"],
    ["a root server", ["--source", "2001:500:2f::f"], "root server"],
    ["an acknowledged scanner", ["--source", "71.6.135.131"], "--include-acknowledged"],
    ["everybody", ["--source", "0.0.0.0/0"], "--max"],
  ])("refuses to block %s", async (_, args, reason) => {
    const { status, stdout, stderr } = await block(...args, "--for", "nftables");
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain("E_USAGE");
    expect(stderr).toContain(reason);
  });
  test("tells how many innocents it covers, where they are allowed", async () => {
    const { stdout, stderr } = await block("--source", "93.174.93.1,93.174.93.2", "--aggregate", "2", "--for", "cidr");
    expect(stdout).toContain("\n93.174.93.0/30\n");
    expect(stdout).toContain("2 of the addresses did nothing");
    expect(stderr).toContain("2 innocent addresses are covered");
  });
  test("prints the removal alone, for a shell", async () => {
    const { stdout } = await block("--port-zero", "--for", "nftables", "--remove");
    expect(stdout.split("\n").filter((line) => !line.startsWith("#") && line !== "")).toEqual([
      "nft delete table inet precursor_port_zero",
    ]);
  });
  test("prints JSON that its schema takes", async () => {
    const { stdout } = await block("--port-zero", "--source", "93.174.93.175", "--for", "aws-network-acl", "--format", "json");
    const { z } = await import("zod");
    const { BLOCK_SCHEMA } = await import("../respond/block-schema.ts");
    expect(z.fromJSONSchema(BLOCK_SCHEMA).safeParse(JSON.parse(stdout)).success).toBe(true);
    expect(JSON.parse(stdout)).toMatchObject({ saysPortZero: "nearest", sources: ["93.174.93.175"] });
  });
  test.each([
    [["--for", "nftables"], "what is to be blocked"],
    [["--for", "nonsense", "--port-zero"], "one of nftables"],
    [["--for", "cidr", "--port-zero"], "cannot say port zero"],
    [["--for", "nftables", "--source", "nobody"], "not an address"],
    [["--for", "nftables", "--source", "93.174.93.175", "--udp-source-zero"], "goes with --port-zero"],
    [["--for", "nftables", "--port-zero", "--incident", 'x"; reboot'], "letters, digits"],
    [["--for", "nftables", "--port-zero", "--incident", "x\ny"], "letters, digits"],
    [["--for", "nftables", "--port-zero", "--into", "filter"], "--into"],
    [["--for", "nftables", "--port-zero", "--expires", "soon"], "Write a time"],
  ])("refuses %j", async (args, reason) => {
    const { status, stdout, stderr } = await block(...args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain(reason);
  });
  test.each([
    ["nothing", "", "E_INPUT_EMPTY"],
    ["no JSON", "<html>", "E_INPUT_UNKNOWN"],
    ["something else", '{"schema":"precursor.report/2"}', "E_INPUT_UNKNOWN"],
    ["an anonymised report", report({ input: { sources: [{ anonymised: true }] } }), "stand for others"],
  ])("refuses %s for a report", async (_, text, reason) => {
    writeFileSync(join(folder, "bad.json"), text);
    const { status, stderr } = await block("--report", "bad.json", "--for", "nftables");
    expect(status).toBe(2);
    expect(stderr).toContain(reason);
  });
  test("knows whom this machine needs", () => {
    expect(resolvers("# x\nnameserver 192.0.2.53\n nameserver fe80::1%eth0\n")).toEqual(["192.0.2.53", "fe80::1%eth0"]);
    expect(gateways("Iface\tDestination\tGateway\neth0\t00000000\t0100A8C0\neth0\t0000A8C0\t00000000\n")).toEqual(["192.168.0.1"]);
  });
});
