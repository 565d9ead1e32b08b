/** Real packets through real rules, in a network of its own: what is dropped, and that all else passes. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { PORT_ZERO_MATCHES, type BlockRequest, UDP_SOURCE_ZERO } from "../../model/block.ts";
import { blockDocument } from "../document.ts";
import { PORT_ZERO } from "../request.fixture.ts";
import { PLATFORMS } from "./index.ts";

const folder = mkdtempSync(join(tmpdir(), "precursor-packets-"));
afterAll(() => rmSync(folder, { recursive: true }));

const TCP = 6;
const UDP = 17;
const BLOCKED = { 4: [93, 174, 93, 175], 6: [0x2a, 2, 0x47, 0x80, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9] } as const;
const STRANGER = { 4: [45, 80, 11, 1], 6: [0x2a, 9, 0xba, 0xc0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1] } as const;
const OURS = { 4: [45, 80, 10, 1], 6: [0x2a, 9, 0xba, 0xc1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1] } as const;

interface Sent {
  readonly name: string;
  readonly protocol: number;
  readonly source: number;
  readonly destination: number;
  readonly fragment?: "first" | "later";
  readonly blocked?: true;
}

const SENT: readonly Sent[] = [
  { name: "TCP from 0", protocol: TCP, source: 0, destination: 445 },
  { name: "TCP to 0", protocol: TCP, source: 40_000, destination: 0 },
  { name: "TCP 0 to 0", protocol: TCP, source: 0, destination: 0 },
  { name: "UDP to 0", protocol: UDP, source: 40_000, destination: 0 },
  { name: "UDP from 0", protocol: UDP, source: 0, destination: 53 },
  { name: "TCP", protocol: TCP, source: 40_000, destination: 80 },
  { name: "UDP", protocol: UDP, source: 40_000, destination: 53 },
  { name: "first fragment of TCP", protocol: TCP, source: 40_000, destination: 80, fragment: "first" },
  // What stands where the ports would is data, here zero.
  { name: "later fragment of TCP", protocol: TCP, source: 0, destination: 0, fragment: "later" },
  { name: "later fragment of UDP", protocol: UDP, source: 0, destination: 0, fragment: "later" },
  { name: "TCP of a scanner", protocol: TCP, source: 40_000, destination: 80, blocked: true },
  { name: "later fragment of a scanner", protocol: UDP, source: 7, destination: 7, fragment: "later", blocked: true },
];
const DROPPED = ["TCP from 0", "TCP to 0", "TCP 0 to 0", "UDP to 0", "TCP of a scanner", "later fragment of a scanner"];

/** An Ethernet frame; the packet's place in the list is its IPv4 identification or IPv6 flow label. */
function frame({ protocol, source, destination, fragment, blocked }: Sent, id: number, family: 4 | 6): Uint8Array {
  const segment = new Uint8Array(32);
  const ports = new DataView(segment.buffer);
  ports.setUint16(0, source);
  ports.setUint16(2, destination);
  if (protocol === TCP) ports.setUint16(12, 0x5002);
  else ports.setUint16(4, 32);
  const from = (blocked === true ? BLOCKED : STRANGER)[family];
  const words = fragment === undefined ? 0 : fragment === "first" ? 0x2000 : 4;
  const ethernet = [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, ...(family === 4 ? [8, 0] : [0x86, 0xdd])];
  if (family === 4) {
    const header = [0x45, 0, 0, 20 + 32, id >> 8, id & 255, words >> 8, words & 255, 64, protocol, 0, 0, ...from, ...OURS[4]];
    let sum = 0;
    for (let at = 0; at < 20; at += 2) sum += (header[at]! << 8) | header[at + 1]!;
    sum = ~((sum & 0xffff) + (sum >> 16));
    header[10] = (sum >> 8) & 255;
    header[11] = sum & 255;
    return Uint8Array.from([...ethernet, ...header, ...segment]);
  }
  const extension = fragment === undefined ? [] : [protocol, 0, 0, fragment === "first" ? 1 : 4 << 3, 0, 0, 0, id];
  const header = [0x60, 0, id >> 8, id & 255, 0, extension.length + 32, fragment === undefined ? protocol : 44, 64, ...from, ...OURS[6]];
  return Uint8Array.from([...ethernet, ...header, ...extension, ...segment]);
}

/** A capture file of frames (draft-ietf-opsawg-pcap). */
function capture(frames: readonly Uint8Array[]): Uint8Array {
  const word = (value: number): number[] => [value & 255, (value >> 8) & 255, (value >> 16) & 255, (value >>> 24) & 255];
  const records = frames.flatMap((one, index) => [...word(1), ...word(index), ...word(one.length), ...word(one.length), ...one]);
  return Uint8Array.from([...word(0xa1b2c3d4), 2, 0, 4, 0, ...word(0), ...word(0), ...word(65_535), ...word(1), ...records]);
}

const places = SENT.flatMap((sent) => ([4, 6] as const).map((family) => ({ sent, family })));

/** Names of what passed the rules, "IPv4 TCP from 0". */
function passed(platform: string, request: BlockRequest): string[] {
  const rules = blockDocument(
    { request, addresses: 2, innocents: 0, leftOut: [] },
    PLATFORMS.find(({ name }) => name === platform)!,
    null,
    false,
  );
  writeFileSync(join(folder, "rules"), rules);
  writeFileSync(join(folder, "sent.pcap"), capture(places.map(({ sent, family }, index) => frame(sent, index + 1, family))));
  // Behind the rules and before anything else that could drop: one counter for each packet.
  const counters = places.map(({ family }, index) => `${family === 4 ? "ip id" : "ip6 flowlabel"} ${index + 1} counter`);
  const watch = `table inet watch { chain c { type filter hook prerouting priority -299; policy accept;\n${counters.join("\n")}\n}\n}\n`;
  writeFileSync(join(folder, "watch.nft"), watch);
  const script = `set -e; cd ${folder}
ip link add name out0 address 02:00:00:00:00:01 type veth peer name in0 address 02:00:00:00:00:02
ip link set out0 up; ip link set in0 up
${platform === "iptables" ? "sh -e rules" : "nft -f rules"}
nft -f watch.nft
for i in 1 2 3 4 5 6 7 8 9 10; do [ "$(cat /sys/class/net/in0/operstate)" = up ] && break; sleep 0.1; done
tcpreplay -q -t -i out0 sent.pcap >tcpreplay.log 2>&1
sleep 0.3
nft list table inet watch`;
  const run = spawnSync("unshare", ["-n", "--mount", "sh", "-c", `mount -t sysfs s /sys; ${script}`], {
    encoding: "utf8",
    timeout: 60_000,
  });
  expect(run.stderr).toBe("");
  const counts = [...run.stdout.matchAll(/counter packets (\d+)/g)].map((match) => Number(match[1]));
  expect(counts.length).toBe(places.length);
  return places.filter((_, index) => counts[index]! > 0).map(({ sent, family }) => `IPv${family} ${sent.name}`);
}

const canSend =
  spawnSync("unshare", [
    "-n",
    "--mount",
    "sh",
    "-c",
    "ip link add name out0 type veth peer name in0 && command -v tcpreplay && command -v nft && command -v iptables",
  ]).status === 0;
const all = (names: readonly string[]): string[] => names.flatMap((name) => [`IPv4 ${name}`, `IPv6 ${name}`]);
// iptables ends its rules itself: these are made now.
const fresh = { ...PORT_ZERO, madeAt: Math.floor(Date.now() / 1000) };
const block = { ...fresh, sources: ["93.174.93.175", "2a02:4780:1::/48"] };

describe.skipIf(!canSend).each(["nftables", "iptables"])("packets through %s", (platform) => {
  test("without a block all pass: the trial sees every one", () => {
    expect(passed(platform, { ...block, portZero: [], sources: ["1.2.3.4", "2a02:ffff::"] })).toEqual(all(SENT.map(({ name }) => name)));
  });
  test("port zero and the sources are dropped; later fragments, UDP from zero and all else pass", () => {
    expect(passed(platform, block)).toEqual(all(SENT.map(({ name }) => name).filter((name) => !DROPPED.includes(name))));
  });
  test("UDP from zero is dropped where it is asked for", () => {
    const names = SENT.map(({ name }) => name).filter((name) => !DROPPED.includes(name) && name !== "UDP from 0");
    expect(passed(platform, { ...block, portZero: [...PORT_ZERO_MATCHES, UDP_SOURCE_ZERO] })).toEqual(all(names));
  });
  test("one version of IP leaves the other alone", () => {
    const names = passed(platform, { ...fresh, families: [4] });
    expect(names).toContain("IPv6 TCP from 0");
    expect(names).not.toContain("IPv4 TCP from 0");
  });
});

describe.skipIf(!canSend)("a block of iptables whose time is over", () => {
  test("lets everything pass", () => {
    expect(passed("iptables", { ...block, madeAt: 1_000_000_000 })).toEqual(all(SENT.map(({ name }) => name)));
  });
  test("drops again where it has no end", () => {
    expect(passed("iptables", { ...block, madeAt: 1_000_000_000, seconds: null })).not.toContain("IPv4 TCP from 0");
  });
});
