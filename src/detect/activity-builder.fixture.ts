/** An activity made by hand, for tests: each source × class as a list of contacts. */
import { CLASS_RECEIVED, CLASS_SERVED, CLASS_SYN_ACK_SENT, TOOLS } from "../model/activity.ts";
import type { Activity, PortZeroActivity, SourceView, ToolName } from "../model/activity.ts";
import { formatIPv4, parseIPv4, parseNetwork } from "../model/address.ts";
import type { Network } from "../model/address.ts";

/** [target, port] or [target, port, OUTCOME bits]. */
export type ContactRow = readonly [target: string, port: number, outcome?: number];

export interface SourceRow {
  readonly packets?: number;
  readonly first?: number;
  readonly last?: number;
  readonly ttlMin?: number;
  readonly ttlMax?: number;
  readonly tools?: Partial<Record<ToolName, number>>;
  readonly stackPackets?: number;
  readonly headerMarks?: number;
  /** Contacts known by records without TCP flags. */
  readonly flagsUntold?: number;
  readonly portZeroPackets?: number;
  readonly servicePortPackets?: number;
  readonly amplifierPackets?: number;
  readonly scale?: number;
}

/** Adds sources one by one; `activity` may be asked at any time. */
export class ActivityBuilder {
  readonly #views: SourceView[] = [];

  /** One source × class. Every contact is one packet unless `packets` says otherwise; seconds run from 0. */
  add(source: string, trafficClass: number, contacts: readonly ContactRow[], row: SourceRow = {}): this {
    const word = wordOf(source);
    const held = {
      length: contacts.length,
      scale: row.scale ?? 1,
      target: Uint32Array.from(contacts, ([target]) => wordOf(target)),
      port: Uint16Array.from(contacts, ([, port]) => port),
      outcome: Uint8Array.from(contacts, ([, , outcome]) => outcome ?? 0),
      flagsUntold: row.flagsUntold ?? 0,
    };
    const scale = held.scale;
    this.#views.push({
      family: 4,
      word,
      address: source,
      trafficClass,
      packets: row.packets ?? contacts.length * scale,
      firstSeen: row.first ?? 0,
      lastSeen: row.last ?? contacts.length,
      contactCount: contacts.length * scale,
      targetCount: new Set(held.target).size,
      portCount: new Set(held.port).size,
      ttlMin: row.ttlMin ?? 50,
      ttlMax: row.ttlMax ?? 50,
      returning: false,
      stackPackets: row.stackPackets ?? 0,
      headerMarks: row.headerMarks ?? 0,
      portZeroPackets: row.portZeroPackets ?? 0,
      servicePortPackets: row.servicePortPackets ?? 0,
      amplifierPackets: row.amplifierPackets ?? 0,
      toolPackets: (tool) => row.tools?.[TOOLS[tool] as ToolName] ?? 0,
      contacts: () => held,
      targets: () => held,
      targetRegisters: null,
    });
    return this;
  }

  get activity(): Activity {
    const views = this.#views;
    const senders = new Set(views.filter((view) => view.trafficClass !== CLASS_RECEIVED).map((view) => view.word));
    return {
      firstSeen: views.length === 0 ? null : Math.min(...views.map((view) => view.firstSeen)),
      lastSeen: views.length === 0 ? null : Math.max(...views.map((view) => view.lastSeen)),
      observations: views.reduce((sum, view) => sum + view.packets, 0),
      totals: new Map(),
      portZero: NO_PORT_ZERO,
      timeline: { start: 0, binSeconds: 1, series: new Map() },
      topPorts: () => [],
      senderCount: senders.size,
      forgotten: { sources: 0, contacts: 0, flows: 0 },
      visit: (minimumContacts, visitor, isEnough) => {
        for (const view of views) {
          if (view.contactCount >= minimumContacts) visitor(view);
          if (isEnough?.() === true) return;
        }
      },
      visitAddress: (address, visitor) => {
        for (const view of views) if (view.address === address) visitor(view);
      },
      visitWord: (family, word, visitor) => {
        for (const view of views) if (view.family === family && view.word === word) visitor(view);
      },
      findDark: (targets, length, dark) => {
        const marks = [...targets.subarray(0, length)].map((target) => (senders.has(target) ? 0 : 1));
        dark?.set(marks);
        return marks.reduce<number>((sum, mark) => sum + mark, 0);
      },
      addressText: (_, word) => formatIPv4(word),
      serves: (target, port) =>
        views.some(
          (view) =>
            view.word === target &&
            (view.trafficClass === CLASS_SERVED || view.trafficClass === CLASS_SYN_ACK_SENT) &&
            view.contacts().port.includes(port),
        ),
      isLive: (target) => senders.has(target),
    };
  }
}

/** `count` addresses from `first` on. */
export function addresses(first: string, count: number, step = 1): string[] {
  return Array.from({ length: count }, (_, index) => formatIPv4((wordOf(first) + index * step) >>> 0));
}

/** The defended networks of the tests (RFC 5737, RFC 2544). */
export const HOME: readonly Network[] = [parseNetwork("192.0.2.0/24"), parseNetwork("198.18.0.0/15")].filter((network) => network !== null);
/** An outsider. */
export const SCANNER = "203.0.113.9";

/** One contact a target. */
export function onPort(targets: readonly string[], port: number, outcome = 0): ContactRow[] {
  return targets.map((target) => [target, port, outcome]);
}

/** One contact a port. */
export function onHost(host: string, ports: readonly number[], outcome = 0): ContactRow[] {
  return ports.map((port) => [host, port, outcome]);
}

/** `count` numbers from `from` on. */
export function range(from: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => from + index);
}

/** Hosts that sent something, so that they are not dark. */
export function withHosts(builder: ActivityBuilder, hosts: readonly string[]): ActivityBuilder {
  for (const host of hosts) builder.add(host, CLASS_SERVED, [[SCANNER, 9999]]);
  return builder;
}

function wordOf(address: string): number {
  const word = parseIPv4(address);
  if (word === null) throw new RangeError(`not an IPv4 address: ${address}`);
  return word;
}

const NONE = { source: 0, destination: 0, both: 0 };
const NO_PORT_ZERO: PortZeroActivity = {
  tcp: NONE,
  udp: NONE,
  unconfirmed: { tcp: NONE, udp: NONE, flagged: 0 },
  excluded: { fragments: 0, icmp: 0, placeholder: 0 },
  sources: 0,
  targets: 0,
  replies: 0,
  badHeaderLength: 0,
  oddFlags: 0,
  otherPorts: [],
  topSources: [],
  firstSeen: null,
  lastSeen: null,
};
