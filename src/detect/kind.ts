/** The shape of a scan in targets and ports (Staniford, Hoagland, McAlerney 2002: horizontal, vertical, block; strobe from Snort and NFR). */
import type { ScanKind } from "../model/finding.ts";

/** Ports of a strobe: a hand-picked list, as in the first strobe.c and in bots; longer lists are blocks. */
const STROBE_PORTS = 12;
/** A strobe has more targets than ports; below that it works through hosts. */
const STROBE_TARGETS_PER_PORT = 1;
/** One port, or one target, with this share of the contacts makes the others noise. Mirai's second port has a tenth, and is none. */
const DOMINANT_PORT = 0.98;
const DOMINANT_TARGET = 0.9;

/** A scan's extent. */
export interface Extent {
  readonly targets: number;
  /** Distinct ports; 1 where the class has none. */
  readonly ports: number;
  readonly contacts: number;
  /** Contacts on the port, and with the target, that have most. */
  readonly largestPort: number;
  readonly largestTarget: number;
}

/** The kind of a scan from its extent. */
export function kindOf({ targets, ports, contacts, largestPort, largestTarget }: Extent): ScanKind {
  if (targets <= 1 || (largestTarget >= DOMINANT_TARGET * contacts && ports > targets)) return "vertical";
  if (ports <= 1 || largestPort >= DOMINANT_PORT * contacts) return "horizontal";
  if (ports <= STROBE_PORTS && targets > STROBE_TARGETS_PER_PORT * ports) return "strobe";
  return "block";
}
