import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { containsIPv4, containsIPv6, formatIPv4, formatIPv6, type Network, parseNetwork } from "../model/address.ts";
import { acknowledgedLabel, acknowledgedScanner } from "./acknowledged.ts";
import { ACKNOWLEDGED_SCANNERS } from "./acknowledged-table.ts";
import { NO_LABELS } from "../model/label.ts";
import { Intel } from "./index.ts";
import { NetworkTable } from "./network-table.ts";
import { isBogon } from "./special-purpose.ts";

const INTEL = new URL("../../../shared/intel/", import.meta.url);
const OPENFILTERS = new URL("openfilters-internet-scanners/cidr/", INTEL);
const MISP = new URL("misp/", INTEL);
const HONEST = { spoofable: false, beyondScanning: false };

/** First address of a network as text. */
function firstAddress(network: Network): string {
  return network.family === 4 ? formatIPv4(network.words[3]) : formatIPv6(...network.words);
}

/** Every network of both collections that is about scanners, with the file it is from. */
function sharedNetworks(): [Network, string][] {
  const texts: [string, string][] = [];
  for (const file of readdirSync(OPENFILTERS).filter((name) => name.endsWith(".txt"))) {
    for (const line of readFileSync(new URL(file, OPENFILTERS), "utf8").split("\n")) texts.push([line.trim(), file]);
  }
  for (const file of readdirSync(MISP).filter((name) => /scan|xpanse/.test(name))) {
    for (const text of (JSON.parse(readFileSync(new URL(file, MISP), "utf8")) as { list: string[] }).list) texts.push([text, file]);
  }
  return texts.flatMap(([text, file]) => {
    const network = parseNetwork(text);
    return network === null ? [] : [[network, file] as [Network, string]];
  });
}

describe("acknowledged scanners", () => {
  test.skipIf(!existsSync(INTEL))("agree with the shared lists", () => {
    const shared = sharedNetworks();
    const theirs = new NetworkTable(shared);
    let covered = 0;
    let networks = 0;
    const unknown: string[] = [];
    for (const scanner of ACKNOWLEDGED_SCANNERS) {
      for (const text of scanner.networks) {
        const network = parseNetwork(text) as Network;
        networks++;
        if (theirs.lookup(firstAddress(network)) !== null || shared.some(([their]) => contains(network, their))) covered++;
        else unknown.push(`${scanner.organisation} ${text}`);
      }
    }
    // The other way round, over lists whose organisations publish networks rather than lone cloud addresses.
    const wide = shared.filter(([network]) => network.bits <= (network.family === 4 ? 24 : 64));
    const found = wide.filter(([network]) => acknowledgedScanner(firstAddress(network)) !== null);
    console.log(
      `acknowledged scanners: ${covered} of ${networks} own networks are in the shared lists (${unknown.join(", ") || "all"}); ` +
        `${found.length} of ${wide.length} of their networks of /24 (IPv6 /64) or wider are in ours`,
    );
    expect(covered / networks).toBeGreaterThan(0.97);
    expect(found.length / wide.length).toBeGreaterThan(0.5);
  });
  test("have well-formed networks in globally reachable space, and say where they are published", () => {
    expect(ACKNOWLEDGED_SCANNERS.length).toBeGreaterThanOrEqual(25);
    for (const { organisation, networks, names, published } of ACKNOWLEDGED_SCANNERS) {
      expect(published, organisation).toMatch(/^https:\/\//);
      expect(networks.length + names.length, organisation).toBeGreaterThan(0);
      for (const text of networks) {
        const network = parseNetwork(text);
        expect(network, text).not.toBeNull();
        expect(isBogon(firstAddress(network as Network)), text).toBe(false);
      }
    }
  });
  test("are confirmed only where the source cannot be forged, and disputed where they do more than scan", () => {
    expect(acknowledgedLabel("162.142.125.7", HONEST)).toMatchObject({ organisation: "Censys", status: "confirmed" });
    expect(acknowledgedLabel("162.142.125.7", { spoofable: true, beyondScanning: false })?.status).toBe("claimed");
    expect(acknowledgedLabel("2620:96:e000::1", { spoofable: false, beyondScanning: true })?.status).toBe("disputed");
    expect(acknowledgedLabel("162.142.126.7", HONEST)).toBeNull();
  });
});

describe("intel", () => {
  test("labels in one call, and lists what it used", () => {
    const intel = Intel.open();
    expect(intel.label("71.6.135.131", HONEST)).toMatchObject({
      acknowledged: { organisation: "Shodan" },
      network: { asn: 10439 },
      reserved: null,
    });
    expect(intel.label("10.77.0.1", HONEST)).toMatchObject({ acknowledged: null, network: null, reserved: { name: "private-use" } });
    for (const nonsense of ["", "(00c0ffee)", "256.1.1.1", "x".repeat(10_000)]) {
      expect(intel.label(nonsense, HONEST)).toEqual(NO_LABELS);
    }
    expect(intel.lists().every((list) => list.licence !== "")).toBe(true);
    intel.close();
  });
  test("without networks it opens no database", () => {
    const intel = Intel.open({ networks: false });
    expect(intel.label("8.8.8.8", HONEST).network).toBeNull();
    expect(intel.lists()).toHaveLength(2);
  });
});

/** Whether `inner` lies in `outer`. */
function contains(outer: Network, inner: Network): boolean {
  return inner.bits >= outer.bits && (inner.family === 4 ? containsIPv4(outer, inner.words[3]) : containsIPv6(outer, ...inner.words));
}
