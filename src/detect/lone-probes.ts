/**
 * Lone probes: what comes from outside to nothing, of sources each too quiet to be a scanner, which belong together by nothing that shows.
 * It is the Internet's background (Pang et al., IMC 2004): every address gets it, and a small network sees of scans and worms only this.
 */
import { CLASS_SYN, CLASS_UDP, TOOLS } from "../model/activity.ts";
import type { Activity } from "../model/activity.ts";
import type { Flood, LoneProbes, Scan } from "../model/finding.ts";
import { mix32 } from "../sketch/hash.ts";
import { HyperLogLog } from "../sketch/hyperloglog.ts";
import { WordCounts } from "../sketch/word-counts.ts";
import { AMPLIFICATION_PORTS } from "../model/amplification.ts";
import type { HomeNetworks } from "./home.ts";
import { MET_HALF_OPEN } from "./met.ts";
import { isPeerPort } from "./ordinary.ts";
import type { ProbeSet } from "./probe-set.ts";

/** Services that are counted; further ones are not told apart. */
const MAXIMUM_SERVICES = 65_536;
/** Registers, as a power of two: 1.6 % of error. */
const PRECISION = 12;
/** Sources up to which they are counted one by one. */
const FEW_SOURCES = 1024;
const LISTED_SERVICES = 3;
const PRIVILEGED = 1024;
/** UDP services above that which are searched for, beside those that floods are bounced from: L2TP, OpenVPN, STUN, SIP. */
const HIGH_UDP_SERVICES: ReadonlySet<number> = new Set([1194, 1701, 3478, 5060]);

/** Counts what is in no scan. */
export class LoneProbeCounter {
  readonly #few = new WordCounts(FEW_SOURCES);
  readonly #sources = new HyperLogLog(PRECISION);
  /** Sources × services, by class × 65,536 + port. */
  readonly #services = new WordCounts();
  #packets = 0;
  #mirai = 0;

  /** Takes a source × class that is no scan, with its kept contacts. */
  collect(activity: Activity, home: HomeNetworks, set: ProbeSet, tool: Scan["tool"]): void {
    const { trafficClass, family, word, length } = set;
    if ((trafficClass !== CLASS_SYN && trafficClass !== CLASS_UDP) || set.outbound || length === 0) return;
    // Answers of which the question was not seen ask nothing.
    if (2 * set.servicePortPackets >= set.packets) return;
    let failed = 0;
    for (let met = 0; met <= MET_HALF_OPEN; met++) failed += set.metCounts[met]!;
    if (failed === 0 || home.has(activity, family, word) || !home.has(activity, family, set.target[0]!)) return;
    this.#packets += (set.packets * failed) / Math.max(1, set.wholeLength);
    this.#sources.add(mix32(word));
    if (this.#few.size < FEW_SOURCES || this.#few.get(word) > 0) this.#few.add(word);
    if (tool?.name === TOOLS[0]) this.#mirai++;
    let last = -1;
    for (let i = 0; i < length; i++) {
      if (set.met[i]! > MET_HALF_OPEN || set.port[i] === last) continue;
      last = set.port[i]!;
      if (!isSought(trafficClass, last)) continue;
      const service = trafficClass * 65_536 + last;
      if (this.#services.size < MAXIMUM_SERVICES || this.#services.get(service) > 0) this.#services.add(service);
    }
  }

  /** What is left when the members of distributed scans are taken off, and those who flood. */
  find(distributed: readonly Scan[], floods: readonly Flood[]): LoneProbes {
    const members = distributed.reduce((sum, scan) => sum + scan.memberCount, 0) + floods.reduce((sum, { sources }) => sum + sources, 0);
    const taken = new Set([...distributed, ...floods].flatMap(({ transport, ports }) => ports.map((port) => `${transport}/${port}`)));
    const inScans = [...distributed, ...floods].reduce((sum, { packets }) => sum + packets, 0);
    const all = this.#few.size < FEW_SOURCES ? this.#few.size : Math.round(this.#sources.estimate());
    const sources = Math.max(0, all - members);
    const services = this.#services.top(LISTED_SERVICES + taken.size).map(
      ([service, count]) =>
        ({
          transport: Math.floor(service / 65_536) === CLASS_UDP ? "udp" : "tcp",
          port: service % 65_536,
          sources: Math.min(count, sources),
        }) as const,
    );
    return {
      sources,
      packets: Math.max(0, Math.round(this.#packets - inScans)),
      miraiSources: Math.min(sources, this.#mirai),
      services: services.filter(({ transport, port }) => !taken.has(`${transport}/${port}`)).slice(0, LISTED_SERVICES),
    };
  }
}

/** Whether anybody searches the port: peers of file sharing come to ports of theirs, and to any high port of UDP, long after it is closed. */
function isSought(trafficClass: number, port: number): boolean {
  if (isPeerPort(port)) return false;
  return trafficClass !== CLASS_UDP || port < PRIVILEGED || AMPLIFICATION_PORTS.has(port) || HIGH_UDP_SERVICES.has(port);
}
