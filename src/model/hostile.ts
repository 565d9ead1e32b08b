/**
 * Whom scans give reason to block: sources that are who they seem to be, heaviest first; and why the others are left alone. The advice of a
 * judgement and the rules from a report stand on it alike.
 */
import type { LeftOut } from "./block.ts";

/** Contacts from which a source is worth a rule of its own. Stated judgement. */
export const LEAST_CONTACTS = 50;

/** What is asked of one scan. */
export interface ReportedScan {
  readonly source: string;
  readonly kind: string;
  readonly contacts: number;
  /** Contacts that were answered: what they learnt is what comes next. */
  readonly answered: number;
  readonly spoofable: boolean;
  /** Organisation that says that it scans from there, or null; null, too, where its behaviour disputes that. */
  readonly acknowledged: string | null;
  /** Whether it does things that the organisation it seems to be of does not do: then nothing spares it for being acknowledged. */
  readonly isDisputed: boolean;
}

export interface HostileOptions {
  readonly leastContacts: number;
  readonly includeSpoofable: boolean;
  readonly includeAcknowledged: boolean;
}

/** @param victims of backscatter: whoever answers was asked in our name, and is not blocked. */
export function hostileSources(
  scans: readonly ReportedScan[],
  victims: ReadonlySet<string>,
  { leastContacts, includeSpoofable, includeAcknowledged }: HostileOptions,
): { readonly sources: readonly string[]; readonly leftOut: readonly LeftOut[] } {
  const heaviest = scans.toSorted((a, b) => b.answered - a.answered || b.contacts - a.contacts);
  const sources = new Set<string>();
  const leftOut = new Map<string, string>();
  for (const scan of heaviest) {
    const reason = reasonAgainst(scan);
    if (reason === null) sources.add(scan.source);
    else if (!leftOut.has(scan.source)) leftOut.set(scan.source, reason);
  }
  return {
    sources: [...sources],
    leftOut: [...leftOut].filter(([network]) => !sources.has(network)).map(([network, reason]) => ({ network, reason })),
  };

  function reasonAgainst(scan: ReportedScan): string | null {
    if (scan.kind === "distributed") return "one of many that scan together, each of which may be forged (--source blocks it)";
    if (victims.has(scan.source)) return "a victim of somebody who forges addresses";
    if (scan.acknowledged !== null && !includeAcknowledged)
      return `an acknowledged scanner (${scan.acknowledged}; --include-acknowledged blocks it)`;
    if (scan.contacts < leastContacts) return `fewer than ${leastContacts} contacts`;
    if (scan.spoofable && !includeSpoofable)
      return "never showed that it gets answers, so the address may be forged (--include-spoofable blocks it)";
    return null;
  }
}
