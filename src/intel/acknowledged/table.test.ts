import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { containsIPv4, containsIPv6, formatIPv4, formatIPv6, type Network, parseNetwork } from "../../model/address.ts";
import { isBogon } from "../special-purpose.ts";
import { ACKNOWLEDGED_SCANNERS, scannerAt, scannerNamed } from "./table.ts";

const INTEL = new URL("../../../../shared/intel/", import.meta.url);
const OPENFILTERS = new URL("openfilters-internet-scanners/cidr/", INTEL);
const MISP = new URL("misp/", INTEL);

/** The organisation of ours that a file is about, by a word of the file's name; what others know and we do not is not compared. */
const SAME: readonly (readonly [word: RegExp, organisation: RegExp])[] = [
  [/^censys/, /^Censys/],
  [/^shodan/, /^Shodan/],
  [/^shadowserver/, /Shadowserver/],
  [/^rapid7/, /Rapid7/],
  [/^bitsight|^internet-census/, /Bitsight/],
  [/^palo-?alto-?networks(?!-cortex-cloud)/, /Palo Alto/],
  [/^onyphe/, /ONYPHE/],
  [/^driftnet/, /Driftnet/],
  [/^internetmeasurementresearch/, /Internet Measurement Research/],
  [/^internettl/, /InterneTTL/],
  [/^alphastrike/, /Alpha Strike/],
  [/^netlas/, /Netlas/],
  [/^criminalip/, /Criminal IP/],
  [/^ipip/, /IPIP/],
  [/^modat/, /Modat/],
  [/^recyber/, /Recyber/],
  [/^netscout/, /NETSCOUT/],
  [/^shadowforce/, /Shadowforce/],
  [/^cyberok|^skipa/, /CyberOK/],
  [/^crowdstrike/, /CrowdStrike/],
  [/^edgewatch/, /Edgewatch/],
  [/^onlyscans/, /OnlyScans/],
  [/^adscore/, /Adscore/],
  [/^groupib/, /Group-IB/],
  [/^dataplane/, /Dataplane/],
  [/^circl/, /^CIRCL/],
];
/** Where an address is of two that both scan from it, each says so: IPinfo measures from hosts at universities. */
const SHARED: readonly (readonly [file: RegExp, organisation: RegExp, why: string])[] = [
  [/^ipinfo/, /Munich/, "IPinfo lists two probes of its own in the university's measurement network"],
  [/^universities/, /./, "the file is of many universities, and names none"],
];

interface Listed {
  readonly file: string;
  readonly network: Network;
  readonly text: string;
}

function listed(): Listed[] {
  const texts: [string, string][] = [];
  for (const file of readdirSync(OPENFILTERS).filter((name) => name.endsWith(".txt"))) {
    for (const line of readFileSync(new URL(file, OPENFILTERS), "utf8").split("\n")) texts.push([line.trim(), file]);
  }
  for (const file of readdirSync(MISP).filter((name) => /scan|xpanse/.test(name))) {
    for (const text of (JSON.parse(readFileSync(new URL(file, MISP), "utf8")) as { list: string[] }).list) texts.push([text, file]);
  }
  return texts.flatMap(([text, file]) => {
    const network = parseNetwork(text);
    return network === null ? [] : [{ text, file, network }];
  });
}

describe.skipIf(!existsSync(INTEL))("the table beside the shared lists", () => {
  test("covers most of what both know, by addresses", () => {
    const all = listed();
    const rows: string[] = [];
    let theirs = 0;
    let ours = 0;
    for (const [word, organisation] of SAME) {
      const networks = all.filter(({ file, network }) => word.test(file) && network.family === 4);
      const size = (some: readonly Listed[]): number => some.reduce((sum, { network }) => sum + 2 ** (32 - network.bits), 0);
      const found = networks.filter(({ network }) => organisation.test(scannerAt(firstAddress(network))?.organisation ?? ""));
      rows.push(`${word.source.slice(1)} ${Math.round((100 * size(found)) / Math.max(1, size(networks)))} %`);
      theirs += size(networks);
      ours += size(found);
    }
    console.log(
      `acknowledged scanners: ${Math.round((100 * ours) / theirs)} % of the IPv4 addresses of ${SAME.length} organisations that both know: ${rows.join(", ")}`,
    );
    expect(ours / theirs).toBeGreaterThan(0.9);
  });
  test("names the same organisation for every network that both have, or says why not", () => {
    const contradictions = listed().flatMap(({ file, network, text }) => {
      const scanner = scannerAt(firstAddress(network));
      if (scanner === null) return [];
      const same = SAME.some(([word, organisation]) => word.test(file) && organisation.test(scanner.organisation));
      const shared = SHARED.some(([word, organisation]) => word.test(file) && organisation.test(scanner.organisation));
      return same || shared ? [] : [`${text}: ${scanner.organisation} here, ${file} there`];
    });
    expect(contradictions).toEqual([]);
  });
  test("has little that they have not", () => {
    const all = listed();
    const alone = ACKNOWLEDGED_SCANNERS.flatMap(({ organisation, networks }) =>
      networks
        .filter((text) => {
          const network = parseNetwork(text) as Network;
          return !all.some((other) => contains(network, other.network) || contains(other.network, network));
        })
        .map((text) => `${organisation} ${text}`),
    );
    console.log(`acknowledged scanners: networks in no shared list: ${alone.join(", ") || "none"}`);
    expect(alone.length).toBeLessThanOrEqual(6);
  });
});

describe("the table", () => {
  test("has well-formed networks in globally reachable space, none of them two organisations', and says where each was read", () => {
    expect(ACKNOWLEDGED_SCANNERS.length).toBeGreaterThanOrEqual(35);
    for (const { organisation, networks, names, published, read } of ACKNOWLEDGED_SCANNERS) {
      expect(published, organisation).toMatch(/^https?:\/\//);
      expect(read, organisation).not.toBe("");
      expect(networks.length + names.length, organisation).toBeGreaterThan(0);
      for (const text of networks) {
        const network = parseNetwork(text);
        expect(network, text).not.toBeNull();
        expect(isBogon(firstAddress(network as Network)), text).toBe(false);
        expect(scannerAt(firstAddress(network as Network))?.organisation, text).toBe(organisation);
      }
    }
  });
  test("knows names by their domain, and not by what merely ends like it", () => {
    expect(scannerNamed("Scanner-7.ch1.Censys-Scanner.com.")?.organisation).toBe("Censys");
    expect(scannerNamed("shadowserver.org")?.organisation).toBe("The Shadowserver Foundation");
    for (const name of ["notshodan.io", "shodan.io.example.net", "io", "", ".", "shodan"]) expect(scannerNamed(name), name).toBeNull();
  });
});

function firstAddress(network: Network): string {
  return network.family === 4 ? formatIPv4(network.words[3]) : formatIPv6(...network.words);
}

/** Whether `inner` lies in `outer`. */
function contains(outer: Network, inner: Network): boolean {
  return inner.bits >= outer.bits && (inner.family === 4 ? containsIPv4(outer, inner.words[3]) : containsIPv6(outer, ...inner.words));
}
