/**
 * Whether an address belongs to an acknowledged scanner, and how far the capture bears that out. A label never beats behaviour, and a
 * forged source is nobody's (CAIDA corsaro3 keeps spoofable traffic apart in the same way).
 */
import { parseNetwork } from "../model/address.ts";
import type { AcknowledgedLabel } from "../model/label.ts";
import { ACKNOWLEDGED_DATE, ACKNOWLEDGED_LIST, ACKNOWLEDGED_SCANNERS, type AcknowledgedScanner } from "./acknowledged-table.ts";
import { NetworkTable } from "./network-table.ts";

/** What the capture shows of an address, for judging its label. */
export interface LabelContext {
  /** The source never completed an exchange: the address may be forged. */
  readonly spoofable: boolean;
  /** It did more than probe: exploit traffic, password guessing, floods. */
  readonly beyondScanning: boolean;
}

/** Built at first use: about 150 networks, under a millisecond. */
let table: NetworkTable<AcknowledgedScanner> | null = null;

/** The organisation that scans from the address, or null. */
export function acknowledgedScanner(address: string): AcknowledgedScanner | null {
  table ??= new NetworkTable(
    ACKNOWLEDGED_SCANNERS.flatMap((scanner) =>
      scanner.networks.flatMap((text) => {
        const network = parseNetwork(text);
        return network === null ? [] : [[network, scanner] as const];
      }),
    ),
  );
  return table.lookup(address);
}

/** The label of an address with status and reason, or null where no organisation is known to scan from it. */
export function acknowledgedLabel(address: string, context: LabelContext): AcknowledgedLabel | null {
  const scanner = acknowledgedScanner(address);
  if (scanner === null) return null;
  const { organisation, published } = scanner;
  const provenance = { list: ACKNOWLEDGED_LIST, date: ACKNOWLEDGED_DATE, organisation };
  if (context.beyondScanning) {
    return {
      ...provenance,
      status: "disputed",
      reason: `${address} is in the networks that ${organisation} scans from (${published}), but what it did goes beyond scanning.`,
    };
  }
  if (context.spoofable) {
    return {
      ...provenance,
      status: "claimed",
      reason: `${address} is in the networks that ${organisation} scans from (${published}), but nothing here shows that it got an answer: the source may be forged.`,
    };
  }
  return {
    ...provenance,
    status: "confirmed",
    reason: `${address} is in the networks that ${organisation} scans from (${published}), and it completed an exchange, which a forged source cannot.`,
  };
}
