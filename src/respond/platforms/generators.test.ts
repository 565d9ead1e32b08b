/** The rules, held against those that Capirca, a generator of many platforms' rules, makes of the same wishes. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { EVERYTHING } from "../request.fixture.ts";
import { PLATFORMS } from "./index.ts";

const aclgen = spawnSync("aclgen", ["--help"], { encoding: "utf8" });
const isThere = aclgen.error === undefined;
if (!isThere) console.log("skipped: Capirca (aclgen) is not installed");
const folder = mkdtempSync(join(tmpdir(), "precursor-capirca-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Port zero of four kinds, and two networks of each version of IP. */
const REQUEST = { ...EVERYTHING, seconds: null, incident: null };
const TERMS = `
term tcp-source-zero { protocol:: tcp
 source-port:: ZERO
 action:: deny }
term tcp-destination-zero { protocol:: tcp
 destination-port:: ZERO
 action:: deny }
term udp-destination-zero { protocol:: udp
 destination-port:: ZERO
 action:: deny }
term udp-source-zero { protocol:: udp
 source-port:: ZERO
 action:: deny }
term sources { source-address:: SCANNERS
 action:: deny }
`;

/** What Capirca writes for a target, a line each, without spaces around it. */
function capirca(target: string, extension: string): string[] {
  for (const part of ["pol", "def", "out"]) mkdirSync(join(folder, part), { recursive: true });
  writeFileSync(join(folder, "def", "n.net"), `SCANNERS = ${REQUEST.sources.map(withLength).join("\n           ")}\n`);
  writeFileSync(join(folder, "def", "s.svc"), "ZERO = 0/tcp 0/udp\n");
  writeFileSync(join(folder, "pol", "p.pol"), `header {\n  target:: ${target}\n}\n${TERMS}`);
  const run = spawnSync(
    "aclgen",
    [
      ["--base_directory", folder],
      ["--definitions_directory", join(folder, "def")],
      ["--output_directory", join(folder, "out")],
      ["--policy_file", join(folder, "pol", "p.pol")],
    ].flat(),
    { encoding: "utf8", timeout: 60_000 },
  );
  expect(run.status, run.stderr).toBe(0);
  return linesOf(readFileSync(join(folder, "out", `p.${extension}`), "utf8").split("\n"));
}

function withLength(source: string): string {
  if (source.includes("/")) return source;
  return `${source}/${source.includes(":") ? 128 : 32}`;
}

function linesOf(lines: readonly string[]): string[] {
  return lines.map((line) => line.trim()).filter((line) => line !== "");
}

function ours(name: string): string[] {
  return linesOf(PLATFORMS.find((platform) => platform.name === name)!.rules(REQUEST, null).apply);
}

const denials = (lines: readonly string[]): string[] => lines.filter((line) => line.startsWith("deny ")).toSorted();

describe.skipIf(!isThere)("Capirca", () => {
  test("writes the same entries for Cisco IOS, IPv4 and IPv6", () => {
    const lines = ours("cisco-ios");
    const six = lines.indexOf("ipv6 access-list precursor-6");
    expect(denials(lines.slice(0, six))).toEqual(denials(capirca("cisco precursor-4 extended", "acl")));
    const theirs = denials(capirca("cisco precursor-6 inet6", "acl")).map((line) =>
      line.replace(/^deny ipv6 host (\S+) /, "deny ipv6 $1/128 "),
    );
    expect(denials(lines.slice(six))).toEqual(theirs);
  });
  test("writes the same entries for port zero on a Cisco ASA", () => {
    const portZero = (lines: readonly string[]): string[] =>
      lines.flatMap((line) => /extended deny (?:tcp|udp) .*/.exec(line)?.[0] ?? []).toSorted();
    expect(portZero(ours("cisco-asa"))).toEqual(portZero(capirca("ciscoasa outside_access_in", "asa")));
    expect(portZero(ours("cisco-asa")).length).toBe(4);
  });
  test.each([
    ["inet", 4],
    ["inet6", 6],
  ] as const)("asks for the same on Junos, family %s, but for the fragments", (family, version) => {
    const mine = ours("junos")
      .flatMap((line) => / term (\S+) from (?!fragment-offset|source-prefix-list)(.*)/.exec(line)?.slice(1, 3).join(" ") ?? [])
      .filter((_, index, all) => (version === 4 ? index < all.length / 2 : index >= all.length / 2))
      .toSorted();
    let term = "";
    const theirs: string[] = [];
    for (const line of capirca(`juniper precursor-${version} ${family}`, "jcl")) {
      term = /^term (\S+) \{/.exec(line)?.[1] ?? term;
      const condition = /^((?:protocol|next-header|source-port|destination-port) .*);$/.exec(line)?.[1];
      if (condition !== undefined) theirs.push(`${term} ${condition}`);
    }
    expect(mine).toEqual(theirs.toSorted());
    expect(mine.length).toBe(8);
  });
  test("makes the same services for PAN-OS", () => {
    const theirs = capirca("paloalto from-zone any to-zone any", "xml").join("");
    const services = [...theirs.matchAll(/<protocol><(tcp|udp)>(?:<port>([\d-]+)<\/port>)?(?:<source-port>([\d-]+)<\/source-port>)?/g)].map(
      ([, transport, port, source]) => `${transport} ${source === undefined ? "" : `source-port ${source} `}port ${port}`,
    );
    const mine = ours("pan-os").flatMap((line) => /^set service \S+ protocol (.*)/.exec(line)?.[1] ?? []);
    expect(mine.toSorted()).toEqual(services.toSorted());
  });
});
