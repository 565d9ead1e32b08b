/** The shape of a scan in targets and ports (Staniford, Hoagland, McAlerney 2002: horizontal, vertical, block; strobe from Snort and NFR). */
import type { ScanKind } from "../model/finding.ts";

/** Ports of a strobe: a hand-picked list, as in the first strobe.c and in bots; longer lists are blocks. */
const STROBE_PORTS = 12;
/** A strobe has more targets than ports; below that it works through hosts. */
const STROBE_TARGETS_PER_PORT = 1;
/** One port with this share of the contacts makes the others noise. */
const DOMINANT = 0.95;
/** Targets beyond which working through many ports is a block of hosts and not a few hosts one by one. */
const VERTICAL_TARGETS = 3;

/**
 * The kind from distinct targets and ports and the largest count of contacts on one port, over `contacts`.
 * Where a class has no ports (ARP) pass one.
 */
export function kindOf(targets: number, ports: number, largestPort: number, contacts: number): ScanKind {
  if (targets <= 1) return "vertical";
  if (ports <= 1) return "horizontal";
  if (targets <= VERTICAL_TARGETS && ports > targets) return "vertical";
  if (largestPort >= DOMINANT * contacts) return "horizontal";
  if (ports <= STROBE_PORTS && targets > STROBE_TARGETS_PER_PORT * ports) return "strobe";
  return "block";
}
