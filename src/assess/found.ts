/** What was found, as phrases for a sentence: evidence and the summary name the same things in the same words. */
import type { Facts } from "./facts.ts";
import { agree, count, listed, percent, plural } from "./words.ts";

/** Share of packets from which clients that ask in vain are something to explain. */
const MUCH_IN_VAIN = 0.05;

/** Whether there is anything to explain. UDP from source port zero alone is legal (RFC 768) and no finding. */
export function hasFinding(facts: Facts): boolean {
  return (
    facts.scans.count > 0 ||
    facts.backscatter.victims > 0 ||
    facts.backscatter.reflectors > 0 ||
    facts.floods !== null ||
    facts.portZero.strong > 0 ||
    facts.portZero.replies >= 10 ||
    (facts.persistence !== null && facts.persistence.share >= MUCH_IN_VAIN)
  );
}

/** "2 scans", "1 packet with port zero", …; empty where nothing was found. */
export function foundThings(facts: Facts): string[] {
  const { scans, portZero, backscatter, floods } = facts;
  const things: string[] = [];
  if (scans.count > 0) things.push(`${plural(scans.count, "scan")} with ${plural(scans.contacts, "contact")}`);
  const way = portZero.tcpSourceOnly >= portZero.toZero ? "from port zero" : "to port zero";
  if (portZero.strong > 0) things.push(plural(portZero.strong, `packet ${way}`, `packets ${way}`));
  if (backscatter.victims > 0) things.push(`${plural(backscatter.packets, "answer")} without a question`);
  if (backscatter.reflectors > 0)
    things.push(`${plural(backscatter.reflectedPackets, "packet")} of ${plural(backscatter.reflectors, "amplifier")}`);
  if (floods !== null) things.push(`a flood of ${plural(floods.packets, "packet")} from ${plural(floods.sources, "source")}`);
  if (facts.persistence !== null) things.push(`${plural(facts.persistence.packets, "question")} asked in vain`);
  if (backscatter.victims === 0 && portZero.answersOnly) things.push(`${plural(portZero.replies, "answer")} with port zero`);
  return things;
}

/** "2 sources ask 192.0.2.1 for TCP/9100 in vain, 4,158 times": empty where nobody does. */
export function inVain({ persistence }: Facts): string {
  if (persistence === null) return "";
  const { sources, packets, leading } = persistence;
  const ports = leading.ports.slice(0, 3).map((port) => `${leading.transport.toUpperCase()}/${port}`);
  return `${plural(sources, "source")} ${agree(sources, "asks", "ask")} ${leading.targets[0] ?? "one host"} for ${listed(ports)} in vain, ${count(packets)} times`;
}

/** How much later fragments look like large answers cut up, 0 to 1: many, fast, and much of all there is. */
export function fragmentFlood(facts: Facts): number {
  const later = facts.portZero.excludedFragments;
  return ramp(later, 500, 3000) * ramp(later / Math.max(1, facts.span), 5, 30) * ramp(fragmentShare(facts), 0.2, 0.5);
}

/** 0 up to `low`, 1 from `high` on, straight in between. */
export function ramp(value: number, low: number, high: number): number {
  return Math.min(1, Math.max(0, (value - low) / (high - low)));
}

/** Share of packets that are later fragments. */
export function fragmentShare(facts: Facts): number {
  const later = facts.portZero.excludedFragments;
  return later === 0 ? 0 : Math.min(1, later / Math.max(facts.packets, later));
}

/** Share of the scanning sources that ask by ARP: those are on the link itself. */
export function arpShare(facts: Facts): number {
  return (facts.scans.techniqueSources.get("arp") ?? 0) / Math.max(1, facts.scans.sources);
}

/** Lone probes from which they are more than a stray or two: sources, and share of all packets. Stated judgement. */
const FEW_LONE_SOURCES = 5;
const MANY_LONE_SOURCES = 30;
const LONE_SHARE = [0.05, 0.5] as const;

/** How far lone probes are what was seen, 0 to 1; where there are scans, those tell more. */
export function loneStrength({ lone, scans }: Facts): number {
  if (lone === null || scans.count > 0) return 0;
  return ramp(lone.sources, FEW_LONE_SOURCES, MANY_LONE_SOURCES) * ramp(lone.share, ...LONE_SHARE);
}

/** "412 sources sent 900 lone probes, 71 % of the sources for TCP/445"; empty where there are none. */
export function loneWords({ lone }: Facts): string {
  if (lone === null) return "";
  const { leading } = lone;
  const most =
    leading === null || leading.share < 0.2
      ? ""
      : `, ${leading.share > 0.99 ? "all" : `${percent(leading.share)} of the sources`} for ${leading.name}`;
  return `${plural(lone.sources, "source")} sent ${plural(lone.packets, "lone probe")}${most}`;
}
