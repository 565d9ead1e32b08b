/**
 * Probes with flags at random (CERT Polska's TCP/0 event of 2011; broken tools and fingerprinting): every packet falls into another
 * traffic class, but they are one scan. Told from several scans one after another by their contacts: here each contact got one of the
 * flags, there every contact gets them all; or by impossible flags outweighing the rest, which no named technique sends.
 */
import { CLASS_SYN, CLASS_TCP_ODD } from "../model/activity.ts";
import type { Outcomes } from "../model/finding.ts";
import { kindOf } from "./kind.ts";
import type { ScanDraft } from "./scan-draft.ts";
import { isSlow } from "./slow.ts";

/** The last class that is a TCP probe. */
const LAST_TCP_CLASS = 7;
/** Share of a class's contacts that may also be in the class with impossible flags. */
const SHARED_CONTACTS = 0.35;
/** A class with this share of all contacts gives the technique its name; otherwise no technique has one. */
const NAMING_SHARE = 0.5;

/** Joins a source's drafts that are one scan with flags at random; the others stay as they are. */
export function joinMixedFlags(drafts: readonly ScanDraft[]): ScanDraft[] {
  const odd = drafts.find((draft) => draft.trafficClass === CLASS_TCP_ODD);
  if (odd === undefined) return [...drafts];
  const oddContacts = contactsOf(odd);
  const others = drafts.filter((draft) => draft.trafficClass >= CLASS_SYN && draft.trafficClass < LAST_TCP_CLASS && overlaps(draft, odd));
  const outweighs = odd.scan.packets >= sum(others, (draft) => draft.scan.packets);
  const parts = others.filter((draft) => outweighs || isApart(draft, oddContacts));
  if (parts.length === 0) return [...drafts];
  return [join([odd, ...parts]), ...drafts.filter((draft) => draft !== odd && !parts.includes(draft))];
}

function isApart(draft: ScanDraft, others: ReadonlySet<number>): boolean {
  let shared = 0;
  for (const contact of contactsOf(draft)) if (others.has(contact)) shared++;
  return shared <= SHARED_CONTACTS * draft.contacts.targets.length;
}

function contactsOf(draft: ScanDraft): Set<number> {
  const contacts = new Set<number>();
  const { targets, ports } = draft.contacts;
  for (let i = 0; i < targets.length; i++) contacts.add(targets[i]! * 65536 + ports[i]!);
  return contacts;
}

function overlaps(a: ScanDraft, b: ScanDraft): boolean {
  return a.scan.firstSeen <= b.scan.lastSeen && b.scan.firstSeen <= a.scan.lastSeen;
}

function join(parts: ScanDraft[]): ScanDraft {
  parts.sort((a, b) => b.scan.contactCount - a.scan.contactCount || a.trafficClass - b.trafficClass);
  const base = parts[0] as ScanDraft;
  const { scan } = base;
  const targets = new Set(parts.flatMap((part) => [...part.contacts.targets]));
  const ports = [...new Set(parts.flatMap((part) => part.scan.ports))];
  const sampled = parts.some((part) => part.sampled);
  // A contact that got several of the flags counts once.
  const distinct = new Set(parts.flatMap((part) => [...contactsOf(part)])).size;
  const share =
    distinct /
    Math.max(
      1,
      sum(parts, (part) => part.contacts.targets.length),
    );
  const total = Math.round(share * sum(parts, (part) => part.scan.contactCount));
  const outcomes = sharedOutcomes(parts, share, total);
  const largestTargets = Math.max(...parts.map((part) => part.scan.targetCount));
  const targetCount = sampled
    ? Math.max(largestTargets, Math.min(total, Math.round(share * sum(parts, (part) => part.scan.targetCount))))
    : targets.size;
  const portCount = Math.max(ports.length, ...parts.map((part) => part.scan.portCount));
  const darkShare =
    sum(parts, (part) => part.scan.darkTargetCount) /
    Math.max(
      1,
      sum(parts, (part) => part.scan.targetCount),
    );
  const tools = parts.flatMap((part) =>
    part.scan.tool !== null && part.scan.tool.name === scan.tool?.name ? [part.scan.tool.packets] : [],
  );
  return {
    ...base,
    contacts: {
      ...base.contacts,
      targets: Uint32Array.from(parts.flatMap((part) => [...part.contacts.targets])),
      ports: Uint16Array.from(parts.flatMap((part) => [...part.contacts.ports])),
      registers: parts.flatMap((part) => part.contacts.registers),
    },
    halfOpen: sum(parts, (part) => part.halfOpen),
    ordinary: sum(parts, (part) => part.ordinary),
    portZeroPackets: sum(parts, (part) => part.portZeroPackets),
    sampled,
    mixed: parts.map((part) => ({ trafficClass: part.trafficClass, packets: part.scan.packets })),
    scan: {
      ...scan,
      kind: kindOf({ targets: targetCount, ports: portCount, contacts: total, largestPort: 0, largestTarget: 0 }),
      technique: scan.contactCount >= NAMING_SHARE * total ? scan.technique : "other",
      ports: ports.slice(0, 100),
      portCount,
      targetCount,
      contactCount: total,
      darkTargetCount: Math.min(targetCount, Math.round(darkShare * targetCount)),
      packets: sum(parts, (part) => part.scan.packets),
      firstSeen: Math.min(...parts.map((part) => part.scan.firstSeen)),
      lastSeen: Math.max(...parts.map((part) => part.scan.lastSeen)),
      slow: isSlow(total, Math.min(...parts.map((part) => part.scan.firstSeen)), Math.max(...parts.map((part) => part.scan.lastSeen))),
      tool: scan.tool === null ? null : { name: scan.tool.name, packets: tools.reduce((a, b) => a + b, 0) },
      portZero: parts.some((part) => part.scan.portZero),
      outcomes,
    },
  };
}

function sharedOutcomes(parts: readonly ScanDraft[], share: number, total: number): Outcomes {
  const answered = Math.floor(share * sum(parts, (part) => part.scan.outcomes.answered));
  const refused = Math.floor(share * sum(parts, (part) => part.scan.outcomes.refused));
  const unreachable = Math.floor(share * sum(parts, (part) => part.scan.outcomes.unreachable));
  return { answered, refused, unreachable, silent: Math.max(0, total - answered - refused - unreachable) };
}

function sum(parts: readonly ScanDraft[], of: (part: ScanDraft) => number): number {
  return parts.reduce((total, part) => total + of(part), 0);
}
