/** The bottom line in a sentence: what it is and how sure, on which numbers. The rest of the note stands in note.ts. */
import type { Hypothesis, HypothesisId, Severity } from "../model/assessment.ts";
import type { Facts } from "./facts.ts";
import { foundThings, hasFinding, inVain, loneStrength, loneWords } from "./found.ts";
import { ATTACK_PREPARATION, HYPOTHESES } from "./hypotheses.ts";
import { agree, aimedWords, count, duration, estimativeWords, listed, percent, plural } from "./words.ts";

/** Readings that are not about who scans. */
const NOT_OF_SCANS: ReadonlySet<HypothesisId> = new Set(["ordinary", "artefact", "backscatter", "ddos"]);
/** Share of lone probes' sources from which they are for one service. */
const ONE_SERVICE = 0.5;

/** What it is and how sure, on which numbers. @param hypotheses most probable first. */
export function bottomLine(facts: Facts, hypotheses: readonly Hypothesis[], severity: Severity, tooEarly: boolean): string {
  const leading = hypotheses[0];
  if (leading === undefined) return "Nothing was observed.";
  if (facts.packets === 0 && facts.portZero.unconfirmed === 0)
    return "Nothing was observed: the input held no packet, and no record of one.";
  if (tooEarly) return tooEarlySentence(facts, leading);
  return `${capital(headline(facts, hypotheses, leading, severity))}: ${numbers(facts, leading.id)}.`;
}

function tooEarlySentence(facts: Facts, leading: Hypothesis): string {
  const { portZero } = facts;
  const over = `in ${duration(facts.span)}`;
  if (!hasFinding(facts)) {
    const legal =
      portZero.udpSourceOnly > 0 ? `, but for source port 0 in ${plural(portZero.udpSourceOnly, "UDP packet")}, which RFC 768 allows` : "";
    const nothing = `${plural(facts.packets, "packet")} ${over} ${agree(facts.packets, "is", "are")} too little to say that nobody probes; nothing unusual is among them${legal}`;
    return `Too early to tell: ${nothing}.`;
  }
  const guess = leading.id === "ordinary" ? "" : `; the best guess is ${readingOf(leading.id)} (${estimativeWords(leading.probability)})`;
  return `Too early to tell: ${listed(foundThings(facts))} ${over} ${agree(foundThings(facts).length, "is", "are")} too little to say what it is for${guess}.`;
}

/**
 * "likely reconnaissance for an attack on TCP/445": said where many sources, answers or port zero make it more than the noise that every
 * address gets, and then with the probability of all readings that prepare an attack. Else the leading reading alone.
 */
function headline(facts: Facts, hypotheses: readonly Hypothesis[], leading: Hypothesis, severity: Severity): string {
  if (leading.id === "ordinary" && facts.scans.count === 0)
    return loneStrength(facts) > 0
      ? `no scan was seen, only lone probes${(facts.lone?.leading?.share ?? 0) < ONE_SERVICE ? ", as every address of the Internet gets them" : ""}`
      : "no probing was seen";
  const port = ATTACK_PREPARATION.has(leading.id) ? servicePort(facts) : null;
  const grave = severity === "high" || severity === "critical";
  const spreads = leading.id === "worm-or-botnet" && facts.portZero.tcpSourceOnly === 0;
  if (!grave || !ATTACK_PREPARATION.has(leading.id) || spreads) {
    const inside = facts.scans.count > 0 && facts.scans.internalSources === facts.scans.sources && !NOT_OF_SCANS.has(leading.id);
    return `${adverb(leading.probability)} ${readingOf(leading.id)}${port === null ? "" : ` on ${port}`}${inside ? ", from inside" : ""}`;
  }
  const together = hypotheses.filter(({ id }) => ATTACK_PREPARATION.has(id)).reduce((sum, { probability }) => sum + probability, 0);
  const what = `${adverb(together)} reconnaissance for an attack${port === null ? "" : ` on ${port}`}`;
  return `${what} (${readingOf(leading.id)}: ${estimativeWords(leading.probability)})`;
}

function numbers(facts: Facts, leading: HypothesisId): string {
  const { scans, portZero, backscatter, floods } = facts;
  const cut = portZero.excludedFragments + portZero.unconfirmed;
  if (leading === "ddos" && floods !== null && floods.packets > backscatter.reflectedPackets) {
    const forged = floods.isForged ? ", most of them surely forged," : "";
    return `${plural(floods.sources, "source")}${forged} sent ${plural(floods.packets, "packet")} to ${floods.service} of ${floods.target}${floods.count > 1 ? `, and ${plural(floods.count - 1, "other flood")}` : ""}`;
  }
  if (leading === "ddos" && backscatter.reflectors > 0) {
    return `${plural(backscatter.reflectors, "amplifier")}${backscatter.reflectedPorts.length === 0 ? "" : ` on UDP/${backscatter.reflectedPorts.join(", ")}`} sent ${plural(backscatter.reflectedPackets, "packet")} to ${aimedWords(backscatter.reflectedAt)}${cut === 0 ? "" : `, with ${plural(cut, "later fragment or record without ports", "later fragments or records without ports")}`}`;
  }
  if (leading === "ddos" && scans.count === 0) {
    return `${plural(portZero.excludedFragments, "later fragment")} in ${duration(facts.span)}, as of large answers cut up; nothing shows from which service`;
  }
  if (leading === "backscatter" && backscatter.victims === 0)
    return `${plural(portZero.replies, "answer")} with port zero that nobody here asked for`;
  if (leading === "backscatter" && backscatter.victims > 0) {
    return `${plural(backscatter.victims, "victim")} sent ${plural(backscatter.packets, "answer")} that nobody here asked for, to up to ${plural(backscatter.peers, "address", "addresses")}`;
  }
  if (leading === "misconfiguration" && facts.persistence !== null && scans.count === 0 && portZero.strong === 0) return inVain(facts);
  if (leading === "artefact") {
    return portZero.unconfirmed > 0
      ? `${plural(portZero.unconfirmed, "record")} say port zero, and ${portZero.confirmed === 0 ? "none" : count(portZero.confirmed)} can show a transport header`
      : `${plural(portZero.excludedFragments, "later fragment")} carry no ports, and no packet really had port zero`;
  }
  if (scans.count === 0 && portZero.strong === 0 && loneStrength(facts) > 0) return `${loneWords(facts)}, each too few for a scan`;
  if (leading === "ordinary" && scans.count === 0)
    return `${plural(facts.packets, "packet")} in ${duration(facts.span)} hold no scan, no backscatter and no port zero to speak of`;
  if (portZero.strong > 0 && (portZero.strong >= scans.packets / 10 || scans.count === 0)) return portZeroNumbers(facts);
  const answered = scans.hostileAnswered > 0 ? `, ${count(scans.hostileAnswered)} of them answered` : "";
  const tool =
    scans.tool !== null && scans.tool.sources >= scans.sources / 2
      ? `, most with ${scans.tool.name === "mirai" ? "Mirai's mark" : scans.tool.name}`
      : "";
  return `${sourcesPhrase(facts, scans.sources)} made ${plural(scans.contacts, "contact")} with ${plural(scans.targets, "target")}${answered}${tool}`;
}

function portZeroNumbers(facts: Facts): string {
  const { portZero } = facts;
  const parts = [
    portZero.tcpSourceOnly > 0 ? `${plural(portZero.tcpSourceOnly, "TCP packet")} from port 0` : "",
    portZero.toZero > 0 ? `${plural(portZero.toZero, "packet")} to port 0` : "",
  ].filter((part) => part !== "");
  const mix =
    portZero.otherPort !== null && portZero.tcpSourceOnly > portZero.toZero
      ? `, ${percent(portZero.otherPort.share)} to ${portZero.otherPort.name}`
      : "";
  const malformed = portZero.malformedShare >= 0.05 ? `, ${percent(portZero.malformedShare)} malformed` : "";
  const senders = portZero.sources === 0 ? "answering hosts" : sourcesPhrase(facts, portZero.sources);
  return `${senders} sent ${listed(parts)}${mix}${malformed}, at ${plural(portZero.targets, "target")}`;
}

/** "412 sources, 371 of them in one network (AS29073)". Where only the most active are placed, it says so. */
function sourcesPhrase(facts: Facts, sources: number): string {
  const { largest, placed, chance, networks } = facts.concentration;
  const all = plural(sources, "source");
  if (largest === null || placed < 5) return all;
  const of = placed < sources ? `of the ${count(placed)} most active ` : "";
  if (chance < 0.01)
    return `${all}, ${largest.sources === sources ? "all of them " : `${of}${count(largest.sources)} ${of === "" ? "of them " : ""}`}in one network (${largest.name}),`;
  return `${all} in ${placed < sources ? "at least " : ""}${plural(Math.min(networks, sources), "network")}`;
}

/** What else there is, so that the leading reading does not hide it. */
export function asideOf(facts: Facts, leading: HypothesisId): string {
  const { backscatter, scans, portZero } = facts;
  const asides: string[] = [];
  if (leading !== "backscatter" && backscatter.qualifying > 0)
    asides.push(`${plural(backscatter.qualifying, "victim")} of attacks elsewhere answering`);
  if (["backscatter", "artefact", "ddos", "ordinary"].includes(leading) && scans.count > 0)
    asides.push(`${plural(scans.count, "scan")} by ${plural(scans.sources, "source")}`);
  if (leading !== "research" && scans.organisations.length > 0)
    asides.push(`acknowledged scanners (${listed(scans.organisations.slice(0, 3))})`);
  if (portZero.strong === 0 && portZero.udpSourceOnly > 0)
    asides.push(`${plural(portZero.udpSourceOnly, "UDP packet")} with source port 0, which is legal`);
  if (leading === "ordinary" && portZero.excludedFragments > 0) {
    asides.push(
      `${plural(portZero.excludedFragments, "later fragment")}, which ${agree(portZero.excludedFragments, "has", "have")} no ports (a flow exporter writes them down as port 0)`,
    );
  }
  if (leading !== "misconfiguration" && facts.persistence !== null) asides.push(inVain(facts));
  return asides.length === 0 ? "" : `Beside it: ${listed(asides)}.`;
}

/** The service that is meant, where one stands out. */
export function servicePort(facts: Facts): string | null {
  const { portZero, scans } = facts;
  if (portZero.otherPort !== null && portZero.tcpSourceOnly > portZero.toZero && portZero.otherPort.share >= 0.3)
    return portZero.otherPort.name;
  const { leadingPort } = scans;
  const sought = scans.count === 0 && loneStrength(facts) > 0 ? (facts.lone?.leading ?? null) : null;
  if (sought !== null) return sought.share >= ONE_SERVICE && !sought.name.endsWith("/0") ? sought.name : null;
  return leadingPort !== null && leadingPort.share >= 0.4 && !leadingPort.name.endsWith("/0") ? leadingPort.name : null;
}

export function readingOf(id: HypothesisId): string {
  return HYPOTHESES.find((kind) => kind.id === id)?.reading ?? id;
}

/** Estimative words as they stand before a noun phrase. */
function adverb(probability: number): string {
  if (probability >= 0.95) return "almost certainly";
  if (probability >= 0.8) return "very likely";
  if (probability >= 0.55) return "likely";
  return probability >= 0.45 ? "with a roughly even chance" : "possibly";
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
