/**
 * Sources that flood by themselves: so many SYNs of their own making to one port, so fast, that each alone would be a flood. They are
 * gathered by the host that they are upon: two of them are one flood, not two.
 */
import { CLASS_SYN } from "../model/activity.ts";
import type { Activity, SourceView } from "../model/activity.ts";
import type { Flood } from "../model/finding.ts";
import { WordCounts } from "../sketch/word-counts.ts";
import { duration, plural } from "./evidence.ts";
import { metBy, MET_SUCCESS } from "./met.ts";
import { compareText } from "./ranking.ts";
import { techniqueOfClass, tellsNoFlags } from "./technique.ts";
import { sourceKey } from "./source-class.ts";

/** One source floods by itself with so many SYNs, so many a second. */
const HEAVY_PACKETS = 1000;
const HEAVY_RATE = 100;
/** Hosts that are kept: a flood has few. Beyond it further ones are passed over. */
const MAXIMUM_TARGETS = 256;
const FEW_PORTS = 16;
const LISTED_PORTS = 100;

interface Flooded {
  readonly family: 4 | 6;
  readonly target: number;
  sources: number;
  packets: number;
  firstSeen: number;
  lastSeen: number;
  /** Packets by port. */
  readonly ports: WordCounts;
  heaviest: { readonly address: string; readonly packets: number };
  flagsUntold: boolean;
  /** Some of the records told headers, and options with them. */
  tellsOptions: boolean;
}

/** Gathers heavy senders by the host that they send to. */
export class HeavySenders {
  readonly #targets = new Map<number, Flooded>();
  readonly #packets: number;

  /** @param greatestSampling one record may stand for so many packets: they are no sign of many */
  constructor(greatestSampling: number) {
    this.#packets = HEAVY_PACKETS * greatestSampling;
  }

  /** Whether a source floods by itself. Asks for its contacts only where its numbers are those of a flood. */
  isHeavy(view: SourceView): boolean {
    if (view.trafficClass !== CLASS_SYN || view.contactCount !== 1 || view.packets < this.#packets || view.stackPackets > 0) return false;
    if (view.packets < HEAVY_RATE * (view.lastSeen - view.firstSeen)) return false;
    const contacts = view.contacts();
    return contacts.length > 0 && metBy(CLASS_SYN, contacts.outcome[0]!, false) !== MET_SUCCESS;
  }

  /** Takes a heavy source. */
  add(view: SourceView): void {
    const { family, packets, firstSeen, lastSeen, address } = view;
    const contacts = view.contacts();
    const flagsUntold = tellsNoFlags(contacts);
    const target = contacts.target[0]!;
    const key = sourceKey({ family, word: target });
    const tellsOptions = view.ttlMax > 0;
    const held = this.#targets.get(key);
    if (held === undefined) {
      if (this.#targets.size >= MAXIMUM_TARGETS) return;
      const ports = new WordCounts(FEW_PORTS);
      ports.add(contacts.port[0]!, packets);
      const heaviest = { address, packets };
      this.#targets.set(key, { family, target, sources: 1, packets, firstSeen, lastSeen, ports, heaviest, flagsUntold, tellsOptions });
      return;
    }
    held.sources++;
    held.packets += packets;
    held.firstSeen = Math.min(held.firstSeen, firstSeen);
    held.lastSeen = Math.max(held.lastSeen, lastSeen);
    held.ports.add(contacts.port[0]!, packets);
    held.flagsUntold ||= flagsUntold;
    held.tellsOptions ||= tellsOptions;
    const { heaviest } = held;
    if (packets > heaviest.packets || (packets === heaviest.packets && compareText(address, heaviest.address) < 0))
      held.heaviest = { address, packets };
  }

  /** The floods of heavy senders alone, one a host. */
  find(activity: Activity): Flood[] {
    return [...this.#targets.values()].map((held) => ({
      target: activity.addressText(held.family, held.target),
      technique: techniqueOfClass(CLASS_SYN, false, held.flagsUntold),
      transport: "tcp",
      ports: held.ports.top(LISTED_PORTS).map(([port]) => port),
      sources: held.sources,
      packets: held.packets,
      firstSeen: held.firstSeen,
      lastSeen: held.lastSeen,
      evidence: [sentence(held)],
    }));
  }
}

function sentence({ sources, packets, firstSeen, lastSeen, ports, heaviest, flagsUntold, tellsOptions }: Flooded): string {
  const what = plural(packets, flagsUntold ? "TCP packet" : "SYN");
  const where = `to ${ports.size === 1 ? "one port" : plural(ports.size, "port")} in ${duration(lastSeen - firstSeen)}`;
  const options = tellsOptions ? ", none with the options of an operating system" : "";
  if (sources === 1) return `${heaviest.address} alone sent ${what} ${where}${options}, and held no conversation`;
  return `${plural(sources, "source")} sent ${what} ${where}, the most by ${heaviest.address}${options}, and held no conversation`;
}
