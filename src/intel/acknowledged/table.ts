/**
 * Organisations that scan the whole Internet and say so: the networks they scan from, where they publish them, and their manners.
 * Facts collected for Precursor; each entry says where they were read. Compared with MISP's warninglists and OpenFilters'
 * internet-scanners, of which nothing is copied (`table.test.ts` prints the agreement). Acknowledged is not the same as harmless.
 */
import { parseNetwork } from "../../model/address.ts";
import { NetworkTable } from "../network-table.ts";
import { ATTACK_SURFACE } from "./attack-surface.ts";
import { RESEARCH } from "./research.ts";
import type { AcknowledgedScanner } from "./scanner.ts";
import { SEARCH_ENGINES } from "./search-engines.ts";

export const ACKNOWLEDGED_LIST = "precursor acknowledged scanners";
/**
 * The day on which every entry was compared with copies of MISP's warninglists of 2026-08-20, OpenFilters' internet-scanners of 2026-06-22 and
 * Maltrail of 2026-08-23. Networks move: an old table labels too little and, at worst, the wrong tenant.
 */
export const ACKNOWLEDGED_DATE = "2026-11-24";

export const ACKNOWLEDGED_SCANNERS: readonly AcknowledgedScanner[] = [...SEARCH_ENGINES, ...ATTACK_SURFACE, ...RESEARCH];

/** Built at first use: about 160 networks, under a millisecond. */
let byNetwork: NetworkTable<AcknowledgedScanner> | null = null;

/** The organisation that scans from the address (text), or null. */
export function scannerAt(address: string): AcknowledgedScanner | null {
  byNetwork ??= new NetworkTable(
    ACKNOWLEDGED_SCANNERS.flatMap((scanner) =>
      scanner.networks.flatMap((text) => {
        const network = parseNetwork(text);
        return network === null ? [] : [[network, scanner] as const];
      }),
    ),
  );
  return byNetwork.lookup(address);
}

/** The organisation under whose domain a host name is, or null. Whether the name is true is another question: forward-names.ts. */
export function scannerNamed(name: string): AcknowledgedScanner | null {
  const host = name.toLowerCase().replace(/\.$/, "");
  for (const scanner of ACKNOWLEDGED_SCANNERS) {
    if (scanner.names.some((suffix) => host === suffix || host.endsWith(`.${suffix}`))) return scanner;
  }
  return null;
}
