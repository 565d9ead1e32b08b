/**
 * Sources that keep asking one host for one service that never comes: no search, since they learn the same each time. A client whose server
 * is gone, a device with an old address (Bou-Harb et al. 2014 tell such misconfiguration from probing by its few targets and its patience).
 */
import { CLASS_SYN, CLASS_UDP, OUTCOME_ANSWERED, OUTCOME_REFUSED, OUTCOME_UNREACHABLE } from "../model/activity.ts";
import type { Activity, SourceView } from "../model/activity.ts";
import type { Persistence } from "../model/finding.ts";
import { duration, plural } from "./evidence.ts";
import { compareText } from "./ranking.ts";

/** Contacts up to which a source asks for the same: a name with two addresses, a service with two ports. */
const FEW_CONTACTS = 3;
/** Packets a contact, and seconds, from which it is patience: a stack gives up after some six SYNs in two minutes. */
const MANY_TRIES = 20;
const LONG_SECONDS = 1800;
/** Sources that are kept; the most patient where there are more. */
const MAXIMUM_SOURCES = 1000;

/**
 * UDP services of which every question is answered: DNS, TFTP's errors, NTP, SNMP, CLDAP, IKE, OpenVPN, RADIUS, STUN, IKE behind NAT, SIP. Logs,
 * counts and flows are sent without an answer, and their silence says nothing.
 */
const ANSWERING_PORTS: ReadonlySet<number> = new Set([53, 69, 123, 161, 389, 500, 1194, 1812, 3478, 4500, 5060]);

interface Candidate {
  readonly family: 4 | 6;
  readonly word: number;
  readonly trafficClass: number;
  readonly packets: number;
  /** Of UDP: nobody refused it, so that its answers may have gone another way. */
  readonly mayBeOneSided: boolean;
}

/** Gathers who asks again and again. */
export class PersistenceFinder {
  #candidates: Candidate[] = [];
  readonly #sampling: number;
  /** Whether it is known that answers would be seen, or that none can be: what a device dropped has none. */
  #tellsSilence: boolean;
  #total = 0;
  #oneSided = 0;

  /**
   * @param sampling one packet of so many was looked at: then silence proves nothing
   * @param isDropped all records are of what a device let nowhere
   */
  constructor(sampling = 1, isDropped = false) {
    this.#sampling = sampling;
    this.#tellsSilence = isDropped;
  }

  get total(): number {
    return this.#total - (this.#tellsSilence ? 0 : this.#oneSided);
  }

  /** Tells that the input holds conversations: both directions are seen. */
  noteTalk(): void {
    this.#tellsSilence = true;
  }

  /** Takes a source × class; all but patient SYNs, and questions by UDP, are ignored. */
  collect(view: SourceView): void {
    const { trafficClass } = view;
    if ((trafficClass !== CLASS_SYN && trafficClass !== CLASS_UDP) || this.#sampling > 1 || view.contactCount > FEW_CONTACTS) return;
    if (view.packets < MANY_TRIES * view.contactCount || view.lastSeen - view.firstSeen < LONG_SECONDS) return;
    const { length, outcome, port } = view.contacts();
    let mayBeOneSided = trafficClass === CLASS_UDP;
    for (let i = 0; i < length; i++) {
      if ((outcome[i]! & OUTCOME_ANSWERED) !== 0) return;
      if (trafficClass === CLASS_UDP && !ANSWERING_PORTS.has(port[i]!)) return;
      if ((outcome[i]! & (OUTCOME_REFUSED | OUTCOME_UNREACHABLE)) !== 0) mayBeOneSided = false;
    }
    this.#total++;
    if (mayBeOneSided) this.#oneSided++;
    this.#candidates.push({ family: view.family, word: view.word, trafficClass, packets: view.packets, mayBeOneSided });
    if (this.#candidates.length >= 2 * MAXIMUM_SOURCES) this.#trim();
  }

  /** Most tries first. Call it outside of a visit. */
  find(activity: Activity): Persistence[] {
    this.#trim();
    return this.#candidates
      .filter(({ mayBeOneSided }) => this.#tellsSilence || !mayBeOneSided)
      .flatMap(({ family, word, trafficClass }) => {
        const found: Persistence[] = [];
        activity.visitWord(family, word, (view) => {
          if (view.trafficClass === trafficClass) found.push(describe(activity, view));
        });
        return found;
      })
      .toSorted((a, b) => b.packets - a.packets || compareText(a.source, b.source));
  }

  #trim(): void {
    this.#candidates = this.#candidates.toSorted((a, b) => b.packets - a.packets || a.word - b.word).slice(0, MAXIMUM_SOURCES);
  }
}

function describe(activity: Activity, view: SourceView): Persistence {
  const { length, target, port, outcome } = view.contacts();
  const targets = new Set<number>();
  const ports = new Set<number>();
  let refused = 0;
  for (let i = 0; i < length; i++) {
    targets.add(target[i]!);
    ports.add(port[i]!);
    if ((outcome[i]! & (OUTCOME_REFUSED | OUTCOME_UNREACHABLE)) !== 0) refused++;
  }
  const names = [...targets].map((word) => activity.addressText(view.family, word));
  const met = refused === 0 ? "silence" : refused === length ? "refusal" : "silence and refusal";
  return {
    source: view.address,
    transport: view.trafficClass === CLASS_UDP ? "udp" : "tcp",
    targets: names,
    ports: [...ports],
    packets: view.packets,
    firstSeen: view.firstSeen,
    lastSeen: view.lastSeen,
    wasRefused: refused > 0,
    evidence: [
      `${plural(view.packets, "try", "tries")} in ${duration(view.lastSeen - view.firstSeen)} for ${plural(length, "service")} of ${plural(names.length, "host")}, and all met ${met}`,
    ],
  };
}
