/**
 * Whether an address belongs to an acknowledged scanner, and how far that is borne out: by lists, by its name, by its tool and manners.
 * Spoofable traffic is at best claimed, whatever lists and names say (CAIDA corsaro3 keeps it apart in the same way), and a label never
 * beats behaviour.
 */
import type { AcknowledgedLabel, NameLabel } from "../../model/label.ts";
import type { Manners } from "../../model/manners.ts";
import type { ReputationHit } from "../../model/reputation.ts";
import type { AcknowledgedScanner } from "./scanner.ts";
import { ACKNOWLEDGED_DATE, ACKNOWLEDGED_LIST, scannerAt, scannerNamed } from "./table.ts";

/** What else is known of an address. */
export interface Proofs {
  /** Feeds of kind "acknowledged" that name it; others are passed over. */
  readonly hits: readonly ReputationHit[];
  /** What DNS says, where it was asked. */
  readonly name: NameLabel | null;
}

/** Whether a label could come of it, before behaviour is looked at: cheap. */
export function isCandidate(address: string, { hits, name }: Proofs): boolean {
  return scannerAt(address) !== null || hits.some(({ kind }) => kind === "acknowledged") || ownerOf(name) !== null;
}

/** The label of an address with status and reason, or null where nothing says that an acknowledged scanner works from it. */
export function acknowledgedLabel(address: string, manners: Manners, proofs: Proofs = { hits: [], name: null }): AcknowledgedLabel | null {
  const listed = scannerAt(address);
  const hit = proofs.hits.find(({ kind }) => kind === "acknowledged") ?? null;
  const named = ownerOf(proofs.name);
  // A name that its owner bears out is newer than any table.
  const organisation = named?.organisation ?? listed?.organisation ?? (hit === null ? null : hit.list);
  if (organisation === null) return null;
  const scanner = named ?? listed;
  const provenance = {
    list: scanner === null && hit !== null ? hit.list : ACKNOWLEDGED_LIST,
    date: scanner === null && hit !== null ? hit.date : ACKNOWLEDGED_DATE,
    organisation,
  };
  const grounds = groundsOf(listed, hit, named, proofs.name);
  const label = (status: AcknowledgedLabel["status"], more: string): AcknowledgedLabel => ({
    ...provenance,
    status,
    reason: `${address} ${grounds}${more}`,
  });
  if (manners.beyond.length > 0) return label("disputed", `, but it ${manners.beyond.join(", and it ")}: that goes beyond scanning.`);
  if (manners.spoofable) return label("claimed", ", but nothing here shows that it got an answer: the source may be forged.");
  const foreign = foreignTool(scanner, manners);
  if (foreign !== null)
    return label("claimed", `, but its packets carry the mark of ${foreign}, and the organisation names ${toolsOf(scanner)}.`);
  if (named === null && listed !== null && isNamedOtherwise(listed, proofs.name)) {
    return label(
      "claimed",
      `, but its name is ${proofs.name?.name ?? ""}, not one of ${listed.names.join(" or ")}: the network may have changed hands.`,
    );
  }
  const bearsOut = scanner !== null && scanner.tools.some((tool) => manners.tools.has(tool));
  return label(
    "confirmed",
    `, and it completed an exchange, which a forged source cannot${bearsOut ? `, with the tool that the organisation names (${toolsOf(scanner)})` : ""}.`,
  );
}

/** The organisation of a name that leads back to the address. */
function ownerOf(name: NameLabel | null): AcknowledgedScanner | null {
  return name !== null && name.forwardConfirmed ? scannerNamed(name.name) : null;
}

/** "is in the networks that …" with what bears it out. */
function groundsOf(
  listed: AcknowledgedScanner | null,
  hit: ReputationHit | null,
  named: AcknowledgedScanner | null,
  name: NameLabel | null,
): string {
  const parts: string[] = [];
  if (listed !== null) parts.push(`is in the networks that ${listed.organisation} scans from (${listed.published})`);
  if (hit !== null) parts.push(`is on ${hit.list} as ${hit.network}`);
  if (named !== null && name !== null) parts.push(`has a name of ${named.organisation}, ${name.name}, which leads back to it`);
  return parts.join(", ");
}

/** A scanning tool that its packets are marked by, where the organisation names its tools and this is none of them. */
function foreignTool(scanner: AcknowledgedScanner | null, { tools }: Manners): string | null {
  if (scanner === null || scanner.tools.length === 0) return null;
  for (const tool of tools.keys()) if (!scanner.tools.includes(tool)) return tool;
  return null;
}

function toolsOf(scanner: AcknowledgedScanner | null): string {
  return (scanner?.tools ?? []).join(", ");
}

/** The organisation gives its scanners names, DNS was asked, and this one has another that leads back to it. */
function isNamedOtherwise(listed: AcknowledgedScanner, name: NameLabel | null): boolean {
  return listed.names.length > 0 && name !== null && name.forwardConfirmed;
}
