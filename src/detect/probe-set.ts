/**
 * The distinct contacts of one source in one class, copied out of the cursor, each with how it was met, and without those that
 * ordinary use explains. One instance is filled again and again: a million sources pass through it.
 */
import { CLASS_ACK, CLASS_MAIMON } from "../model/activity.ts";
import type { Activity, SourceView } from "../model/activity.ts";
import type { HomeNetworks } from "./home.ts";
import { MET_SILENCE, MET_SUCCESS, metBy } from "./met.ts";
import { isChatter, REPEATED_CHECK_PACKETS, SERVICE_SUCCESS_SHARE } from "./ordinary.ts";

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
  servicePortPackets = 0;
  portZeroPackets = 0;
  scale = 1;
  /** Contacts of the class, ordinary ones too. */
  wholeLength = 0;
  wholeCount = 0;
  /** Distinct targets and ports, estimated for the contacts kept. */
  targetCount = 0;
  portCount = 0;
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

  readonly #distinct = new DistinctCounter();
  readonly #portSuccesses = new Map<number, number>();
  readonly #portContacts = new Map<number, number>();
  readonly #targetFailures = new Map<number, number>();

  /** Distinct contacts that are kept, estimated where they are a sample. */
  get contactCount(): number {
    return this.ordinary === 0 && this.length === this.wholeLength ? this.wholeCount : this.length * this.scale;
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
    this.#copy(activity, view);
    if (this.successes > 0) this.#leaveOutServices();
    this.#countDistinct(view);
    this.outbound = this.#isOutbound(activity, home);
  }

  /** Contacts on the port, by port, and by target: fresh maps for the caller. */
  countBy(column: "port" | "target"): Map<number, number> {
    const counts = new Map<number, number>();
    const values = column === "port" ? this.port : this.target;
    for (let i = 0; i < this.length; i++) counts.set(values[i]!, (counts.get(values[i]!) ?? 0) + 1);
    return counts;
  }

  #copy(activity: Activity, view: SourceView): void {
    const contacts = view.contacts();
    this.scale = contacts.scale;
    this.wholeLength = contacts.length;
    this.#grow(contacts.length);
    this.successes = 0;
    this.ordinary = 0;
    const { trafficClass, family, word } = this;
    const repeated = this.packets >= REPEATED_CHECK_PACKETS * this.wholeCount;
    let length = 0;
    for (let i = 0; i < contacts.length; i++) {
      const target = contacts.target[i]!;
      const port = contacts.port[i]!;
      const met = metBy(trafficClass, contacts.outcome[i]!, repeated);
      if (family === 4 && isChatter(trafficClass, word, target, port)) continue;
      // A late ACK or FIN to a service that is there is a stray of a conversation, not a probe (mobile carriers' NAT).
      if ((trafficClass === CLASS_ACK || trafficClass === CLASS_MAIMON) && activity.serves(target, port)) continue;
      if (met === MET_SUCCESS) this.successes++;
      this.target[length] = target;
      this.port[length] = port;
      this.met[length] = met;
      this.dark[length] = met === MET_SILENCE && !activity.isLive(target) ? 1 : 0;
      length++;
    }
    this.ordinary = contacts.length - length;
    this.length = length;
  }

  /** Leaves out successes on ports that mostly succeed, and the failures there too: that is a client with a few dead peers. */
  #leaveOutServices(): void {
    const successes = this.#portSuccesses;
    const totals = this.#portContacts;
    const failures = this.#targetFailures;
    successes.clear();
    totals.clear();
    failures.clear();
    for (let i = 0; i < this.length; i++) {
      const port = this.port[i]!;
      totals.set(port, (totals.get(port) ?? 0) + 1);
      if (this.met[i] === MET_SUCCESS) successes.set(port, (successes.get(port) ?? 0) + 1);
      else failures.set(this.target[i]!, (failures.get(this.target[i]!) ?? 0) + 1);
    }
    let length = 0;
    for (let i = 0; i < this.length; i++) {
      const port = this.port[i]!;
      const target = this.target[i]!;
      const isService = (successes.get(port) ?? 0) >= SERVICE_SUCCESS_SHARE * (totals.get(port) ?? 1);
      // An open port among many closed ones of a host is a hit of the scan.
      if (isService && (failures.get(target) ?? 0) < 5) continue;
      this.target[length] = target;
      this.port[length] = port;
      this.met[length] = this.met[i]!;
      this.dark[length] = this.dark[i]!;
      length++;
    }
    this.ordinary += this.length - length;
    this.length = length;
  }

  /** Distinct targets and ports of what is kept: exact for whole sets, shares of the class's own estimates for samples. */
  #countDistinct(view: SourceView): void {
    const targets = this.#distinct.count(this.target, this.length);
    const ports = this.#distinct.count(this.port, this.length);
    if (this.scale === 1) {
      this.targetCount = targets;
      this.portCount = ports;
      return;
    }
    // A sample's distinct values bound the whole from below; scaled by contacts they bound it from above.
    const share = this.wholeLength === 0 ? 0 : this.length / this.wholeLength;
    this.targetCount = Math.max(targets, Math.round(view.targetCount * share));
    this.portCount = Math.max(ports, share === 1 ? view.portCount : Math.min(view.portCount, Math.round(ports * this.scale)));
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

/** Counts distinct values of short arrays without allocating: an open table whose slots carry the number of the count they belong to. */
class DistinctCounter {
  #values = new Uint32Array(4096);
  #counts = new Uint32Array(4096);
  #current = 0;

  count(values: Uint32Array | Uint16Array, length: number): number {
    if (2 * length > this.#values.length) {
      this.#values = new Uint32Array(4 * length);
      this.#counts = new Uint32Array(4 * length);
      this.#current = 0;
    }
    const current = ++this.#current;
    if (current === 0xffffffff) {
      this.#counts.fill(0);
      this.#current = 0;
      return this.count(values, length);
    }
    const slots = this.#values;
    const counts = this.#counts;
    const size = slots.length;
    let distinct = 0;
    for (let i = 0; i < length; i++) {
      const value = values[i]!;
      let at = (Math.imul(value, 0x9e3779b1) >>> 8) % size;
      while (counts[at] === current && slots[at] !== value) at = at + 1 === size ? 0 : at + 1;
      if (counts[at] === current) continue;
      counts[at] = current;
      slots[at] = value;
      distinct++;
    }
    return distinct;
  }
}
