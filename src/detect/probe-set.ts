/**
 * The distinct contacts of one source in one class, copied out of the cursor, each with how it was met, and without those that
 * ordinary use explains. One instance is filled again and again: a million sources pass through it.
 */
import { CLASS_ACK, CLASS_ARP_REQUEST, CLASS_MAIMON, CLASS_SYN, CLASS_UDP } from "../model/activity.ts";
import type { Activity, SourceView } from "../model/activity.ts";
import type { HomeNetworks } from "./home.ts";
import { MET_ANSWER, MET_SILENCE, MET_SUCCESS, metBy } from "./met.ts";
import { ANSWERING_SHARE, isChatter, isNobody, REPEATED_CHECK_PACKETS, SERVICE_SUCCESS_SHARE } from "./ordinary.ts";
import { tellsNoFlags } from "./technique.ts";
import { WordCounts } from "../sketch/word-counts.ts";

/** Ports below this are services'. */
const PRIVILEGED = 1024;
/** Targets looked at to tell the direction. */
const DIRECTION_SAMPLE = 8;

export class ProbeSet {
  family: 4 | 6 = 4;
  word = 0;
  trafficClass = 0;
  packets = 0;
  firstSeen = 0;
  lastSeen = 0;
  ttlMin = 0;
  ttlMax = 0;
  stackPackets = 0;
  /** Whether most contacts are known by records without TCP flags. */
  flagsUntold = false;
  servicePortPackets = 0;
  portZeroPackets = 0;
  scale = 1;
  /** Contacts of the class, ordinary ones too. */
  wholeLength = 0;
  wholeCount = 0;
  /** Distinct targets, estimated for the contacts kept. */
  targetCount = 0;
  /** Contacts left out as ordinary use. */
  ordinary = 0;
  /** Contacts of the whole class that were a success. */
  successes = 0;
  /** From a defended address to others. */
  outbound = false;

  length = 0;
  target = new Uint32Array(1024);
  port = new Uint16Array(1024);
  met = new Uint8Array(1024);
  /** 1 where the target never sent a packet. */
  dark = new Uint8Array(1024);
  /** Contacts by how they were met (MET_…), dark ones, and those whose port is zero. */
  readonly metCounts = new Uint32Array(MET_SUCCESS + 1);
  darkCount = 0;
  zeroPorts = 0;

  /** One packet of so many was looked at: then silence is what most contacts meet, whoever makes them. */
  readonly sampling: number;
  /** Whether an answer would have been seen: in a log of drops everything is silent, and a sampler passes most answers over. */
  readonly tellsSilence: boolean;
  /** How many of the contacts kept each target has. */
  readonly targetCounts = new WordCounts();
  readonly #portCounts = new WordCounts();
  #portsCounted = false;
  #view: SourceView | null = null;
  #portCount = -1;
  readonly #portSuccesses = new WordCounts();
  readonly #targetFailures = new WordCounts();

  constructor(sampling: number = 1, showsOutcomes: boolean = true) {
    this.sampling = sampling;
    this.tellsSilence = showsOutcomes && sampling === 1;
  }

  /** Packets of it that were looked at. */
  get seenPackets(): number {
    return this.packets / this.sampling;
  }

  /** Distinct contacts that are kept, estimated where they are a sample. */
  get contactCount(): number {
    return this.ordinary === 0 && this.length === this.wholeLength ? this.wholeCount : this.length * this.scale;
  }

  /** How many of the contacts kept each port has: worked out when asked, as few rules do. */
  get portCounts(): WordCounts {
    if (!this.#portsCounted) this.#portCounts.countAll(this.port, this.length);
    this.#portsCounted = true;
    return this.#portCounts;
  }

  /** Distinct ports, estimated for the contacts kept: worked out when asked, as few rules do. Only while the view stands on the source. */
  get portCount(): number {
    if (this.#portCount < 0) this.#portCount = this.#countPorts();
    return this.#portCount;
  }

  /** Takes one source × class. */
  load(activity: Activity, home: HomeNetworks, view: SourceView): void {
    this.family = view.family;
    this.word = view.word;
    this.trafficClass = view.trafficClass;
    this.packets = view.packets;
    this.firstSeen = view.firstSeen;
    this.lastSeen = view.lastSeen;
    this.ttlMin = view.ttlMin;
    this.ttlMax = view.ttlMax;
    this.stackPackets = view.stackPackets;
    this.servicePortPackets = view.servicePortPackets;
    this.portZeroPackets = view.portZeroPackets;
    this.wholeCount = view.contactCount;
    this.#view = view;
    this.#portCount = -1;
    this.#portsCounted = false;
    this.#copy(activity, view);
    if (this.servicePortPackets > 0) this.#leaveOutAnswers();
    if (this.successes > 0) this.#leaveOutServices();
    this.#tally(activity);
    this.#countTargets(view);
    this.outbound = this.#isOutbound(activity, home);
  }

  #copy(activity: Activity, view: SourceView): void {
    const contacts = view.contacts();
    this.scale = contacts.scale;
    this.flagsUntold = tellsNoFlags(contacts);
    this.wholeLength = contacts.length;
    this.#grow(contacts.length);
    this.successes = 0;
    this.ordinary = 0;
    const { trafficClass, word } = this;
    const { target: targets, port: ports, outcome: outcomes } = contacts;
    const isIPv4 = this.family === 4;
    const mayChatter = trafficClass === CLASS_ARP_REQUEST || trafficClass === CLASS_UDP;
    const isBare = trafficClass === CLASS_ACK || trafficClass === CLASS_MAIMON;
    const usesHandshakes = this.sampling > 1 && trafficClass === CLASS_SYN;
    const repeated = this.seenPackets >= REPEATED_CHECK_PACKETS * this.wholeCount;
    let length = 0;
    for (let i = 0; i < contacts.length; i++) {
      const target = targets[i]!;
      const port = ports[i]!;
      if (isIPv4 && (mayChatter || isNobody(target)) && isChatter(trafficClass, word, target, port)) continue;
      // A late ACK or FIN to a service that is there is a stray of a conversation, not a probe (mobile carriers' NAT).
      if (isBare && activity.serves(target, port)) continue;
      const told = outcomes[i] === 0 ? MET_SILENCE : metBy(trafficClass, outcomes[i]!, repeated);
      // Data is what a sampler passed over: a handshake was used.
      const met = usesHandshakes && told === MET_ANSWER ? MET_SUCCESS : told;
      if (met === MET_SUCCESS) this.successes++;
      this.target[length] = target;
      this.port[length] = port;
      this.met[length] = met;
      length++;
    }
    this.ordinary = contacts.length - length;
    this.length = length;
  }

  /** Leaves out what went to high ports where so much came from a service's port that it accounts for them: answers to questions not seen. */
  #leaveOutAnswers(): void {
    if (this.trafficClass !== CLASS_UDP) return;
    let high = 0;
    for (let i = 0; i < this.length; i++) if (this.port[i]! >= PRIVILEGED) high++;
    // Where all are, a rule of its own says so.
    if (high === this.length) return;
    // Of a sample most contacts are one packet; what is asked often would hide them in an average.
    const packetsToHigh = this.sampling > 1 ? high * this.scale * this.sampling : this.packets * (high / this.length);
    if (this.servicePortPackets < ANSWERING_SHARE * packetsToHigh) return;
    let length = 0;
    for (let i = 0; i < this.length; i++) {
      if (this.port[i]! >= PRIVILEGED && this.met[i] !== MET_SUCCESS) continue;
      this.target[length] = this.target[i]!;
      this.port[length] = this.port[i]!;
      this.met[length] = this.met[i]!;
      length++;
    }
    this.ordinary += this.length - length;
    this.length = length;
  }

  /** Counts how contacts were met, and which are dark. */
  #tally(activity: Activity): void {
    const { met, dark, port, length, metCounts } = this;
    activity.findDark(this.target, length, dark);
    // What a sampler passed over is not dark.
    if (this.sampling > 1) dark.fill(0, 0, length);
    metCounts.fill(0);
    let darkCount = 0;
    let zeroPorts = 0;
    for (let i = 0; i < length; i++) {
      metCounts[met[i]!]!++;
      const isDark = met[i] === MET_SILENCE ? dark[i]! : 0;
      dark[i] = isDark;
      darkCount += isDark;
      if (port[i] === 0) zeroPorts++;
    }
    this.darkCount = darkCount;
    this.zeroPorts = zeroPorts;
  }

  /** Leaves out successes on ports that mostly succeed, and the failures there too: that is a client with a few dead peers. */
  #leaveOutServices(): void {
    const successes = this.#portSuccesses;
    const totals = this.#portCounts;
    const failures = this.#targetFailures;
    successes.clear();
    totals.countAll(this.port, this.length);
    failures.clear();
    for (let i = 0; i < this.length; i++) {
      if (this.met[i] === MET_SUCCESS) successes.add(this.port[i]!);
      else failures.add(this.target[i]!);
    }
    let length = 0;
    for (let i = 0; i < this.length; i++) {
      const port = this.port[i]!;
      const target = this.target[i]!;
      const isService = successes.get(port) >= SERVICE_SUCCESS_SHARE * totals.get(port);
      // An open port among many closed ones of a host is a hit of the scan.
      if (isService && failures.get(target) < 5) continue;
      this.target[length] = target;
      this.port[length] = port;
      this.met[length] = this.met[i]!;
      length++;
    }
    this.ordinary += this.length - length;
    this.length = length;
  }

  /** Distinct targets of what is kept: exact for whole sets, a share of the class's own estimate for samples. */
  #countTargets(view: SourceView): void {
    const targets = this.targetCounts.countAll(this.target, this.length);
    this.targetCount = targets;
    // The class's own estimate costs a look at its sketches, or at all its contacts: asked only of samples.
    if (this.scale === 1) return;
    const share = this.wholeLength === 0 ? 0 : this.length / this.wholeLength;
    // A contact was a packet at least, so that two estimates never disagree in plain sight; and where every kept contact has a target of
    // its own, so have the others.
    const most = Math.min(targets === this.length ? view.contactCount : view.targetCount, view.contactCount, view.packets);
    // A sample's distinct values bound the whole from below; scaled by contacts they bound it from above.
    this.targetCount = Math.max(targets, Math.round(most * share));
  }

  #countPorts(): number {
    const ports = this.portCounts.size;
    if (this.scale === 1 || this.#view === null) return ports;
    const whole = this.#view.portCount;
    return Math.max(ports, this.length === this.wholeLength ? whole : Math.min(whole, Math.round(ports * this.scale)));
  }

  #isOutbound(activity: Activity, home: HomeNetworks): boolean {
    if (this.length === 0 || !home.has(activity, this.family, this.word)) return false;
    const sample = Math.min(DIRECTION_SAMPLE, this.length);
    let outside = 0;
    for (let k = 0; k < sample; k++) {
      const at = Math.floor((k * this.length) / sample);
      if (!home.has(activity, this.family, this.target[at]!)) outside++;
    }
    return 2 * outside > sample;
  }

  #grow(length: number): void {
    if (length <= this.target.length) return;
    this.target = new Uint32Array(length);
    this.port = new Uint16Array(length);
    this.met = new Uint8Array(length);
    this.dark = new Uint8Array(length);
  }
}
