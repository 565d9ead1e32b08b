/** What to do now. Fragment-safe (never drop later fragments), and never against a victim, an acknowledged scanner, or one's own networks. */
import type { Transport } from "../model/activity.ts";
import type { Advice, Hypothesis, Severity } from "../model/assessment.ts";
import { containsIPv4, containsIPv6, parseIPv4, parseIPv6, parseNetwork } from "../model/address.ts";
import { PORT_ZERO_MATCHES, UDP_SOURCE_ZERO } from "../model/block.ts";
import { hostileSources, LEAST_CONTACTS } from "../model/hostile.ts";
import type { AddressLabels } from "../model/label.ts";
import type { Facts } from "./facts.ts";
import type { AssessInput } from "./input.ts";
import { agree, aimedWords, listed, plural } from "./words.ts";

/** Addresses in one block rule: a longer list belongs into a feed. */
const MOST_BLOCKED = 100;
/** How long addresses stay blocked, a week: they change hands. */
const BLOCK_SECONDS = 7 * 86_400;
/** Share of the sources' votes from which a port is what they are after. */
const LEADING_SHARE = 0.2;
/** Transports that services are at: who answers a ping or an ARP request serves nothing by it. */
const SERVED: ReadonlySet<Transport> = new Set(["tcp", "udp", "sctp", "dccp"]);
/** Targets named in one piece of advice. */
const NAMED_TARGETS = 5;

/** In the order in which to do it. @param hypotheses most probable first. */
export function adviceFor(
  input: AssessInput,
  facts: Facts,
  hypotheses: readonly Hypothesis[],
  severity: Severity,
  tooEarly: boolean,
): Advice[] {
  const leading = hypotheses[0]?.id ?? "ordinary";
  const { portZero, scans, backscatter } = facts;
  const advice: Advice[] = [];
  const flood = backscatter.reflectors > 0 || facts.floods !== null || leading === "ddos";
  const { floods } = facts;

  if (flood) {
    advice.push({
      action:
        floods === null
          ? `Call your upstream or mitigation provider with the target (${aimedWords(backscatter.reflectedAt)}) and the ports of the amplifiers.`
          : `Call your upstream or mitigation provider with the target: ${floods.service} of ${floods.target}.`,
      reason: "A flood is stopped before your line, not behind it; amplifiers are themselves abused.",
      rules: [],
    });
    if (floods !== null && floods.service.startsWith("TCP")) {
      advice.push({
        action: `Switch SYN cookies on at the target${floods.isForged ? ", and do not block by source address" : ""}.`,
        reason: floods.isForged
          ? `${plural(floods.sources, "source")}: forged addresses change with every packet, and blocking them hits whoever owns them.`
          : `${plural(floods.sources, "source")}: such SYNs may be forged, so that a filter on addresses helps only until they change.`,
        rules: ["sysctl -w net.ipv4.tcp_syncookies=1"],
      });
    }
    advice.push({
      action: "Do not drop port zero or fragments to stop it.",
      reason: "Port zero beside amplification is later fragments; dropping fragments wholesale breaks DNS, VPN and NFS for everybody.",
      rules: [],
    });
  }
  const probesPortZero = portZero.strong > 0 && !portZero.answersOnly && leading !== "backscatter" && leading !== "artefact";
  if (probesPortZero) {
    advice.push({
      action: "Drop TCP and UDP packets from or to port zero at the border, whole packets only.",
      reason: `${plural(portZero.strong, "packet")} really had it, no honest stack sends it, and no service listens there. The rules leave later fragments alone.`,
      rules: [],
      block: { portZero: PORT_ZERO_MATCHES, sources: [], seconds: null },
    });
  }
  if (probesPortZero && portZero.udpSourceOnly > 0) {
    advice.push({
      action: "Optional: drop UDP from source port zero, too.",
      reason: `RFC 768 allows it to a sender that wants no answer, and ${plural(portZero.udpSourceOnly, "packet")} here used it; see first who would miss it.`,
      rules: [],
      block: { portZero: [UDP_SOURCE_ZERO], sources: [], seconds: null },
    });
  }
  if (leading === "artefact" || (portZero.confirmed === 0 && portZero.unconfirmed > 0)) {
    advice.push({
      action: "Do not act on port zero in these records; capture packets where they were made.",
      reason:
        "Flow exporters and device logs write 0 where there is no transport header: later fragments, ICMP, entries that did not look.",
      rules: [],
    });
  }
  if (backscatter.victims > 0 || portZero.answersOnly) {
    advice.push({
      action: "Do nothing against the addresses that answer.",
      reason: `${backscatter.leading ?? "The sender"} is the victim of somebody who forges addresses of yours; blocking it changes nothing and hits the wrong one.`,
      rules: [],
    });
  }

  advice.push(...exposureAdvice(input));
  const blocked = tooEarly || flood ? [] : blockable(input);
  if (blocked.length > 0) {
    advice.push({
      action: `Block ${plural(blocked.length, "address", "addresses")} for a week.`,
      reason: `Each completed exchanges, so it is not forged, made at least ${LEAST_CONTACTS} contacts, and is neither yours, private, a resolver that many rely on, nor of an acknowledged scanner.`,
      rules: [],
      block: { portZero: [], sources: blocked, seconds: BLOCK_SECONDS },
    });
  }
  if (scans.internalSources > 0) {
    advice.push({
      action: "Find out what scans from the inside, and whether somebody ordered it.",
      reason: `${listed(scans.insiders)}: an inventory or monitoring tool has an owner who knows; otherwise it is a host that somebody else controls.`,
      rules: [],
    });
  }
  if (scans.organisations.length > 0) {
    advice.push({
      action: "Leave acknowledged scanners out of alarms, or opt out where they publish how.",
      reason: `${listed(scans.organisations.slice(0, 5))}. Blocking them hides you from their reports, too.`,
      rules: [],
    });
  }
  if (severity !== "none" && (scans.count > 0 || probesPortZero)) {
    advice.push(comparison(facts, probesPortZero));
  }
  if (tooEarly && facts.packets > 0) {
    advice.push({
      action: "Record for longer, at best for a day, and assess again.",
      reason: `${plural(facts.packets, "packet")} are too few to tell.`,
      rules: [],
    });
  }
  return advice;
}

/** Where to look for the same, or, where history and other sensors have said what they can, whom to tell. */
function comparison(facts: Facts, probesPortZero: boolean): Advice {
  const { past } = facts;
  const same = `${leadingService(facts)}${probesPortZero ? ", and port zero with its other port" : ""}`;
  if (past === null || !past.isJudged) {
    return {
      action: `Look for the same in older records and at other sites${same}.`,
      reason: "What was read has no history: whether this is more than on other days, and whether others see it, decides what it means.",
      rules: [],
    };
  }
  if (past.sensorsAlive > 1 && past.uptick !== null) {
    return {
      action: `Tell your CERT and your upstream${same}.`,
      reason: "It is out of the ordinary here, and history and other sensors have said so: those who have neither cannot see it.",
      rules: [],
    };
  }
  return {
    action: `Ask other sites whether they see the same${same}.`,
    reason: "History here has spoken: whether others see it, too, decides whether it is meant for you.",
    rules: [],
  };
}

/** The service to look for, where one stands out of the ports asked. */
function leadingService({ scans: { leadingPort } }: Facts): string {
  return leadingPort === null || leadingPort.share < LEADING_SHARE ? "" : `: ${leadingPort.name}`;
}

/** Targets that told an unacknowledged scanner something. */
function exposureAdvice(input: AssessInput): Advice[] {
  const inside = insideOf(input);
  const answered = input.detection.scans.filter(
    (scan) =>
      scan.outcomes.answered > 0 &&
      SERVED.has(scan.transport) &&
      scan.ports.some((port) => port !== 0) &&
      organisationOf(input.labels.get(scan.source)) === null &&
      // Whoever scans from inside learns nothing of what is open to everyone.
      !inside(scan.source),
  );
  if (answered.length === 0) return [];
  const contacts = answered.reduce((sum, scan) => sum + scan.outcomes.answered, 0);
  const ports = [
    ...new Set(
      answered.flatMap((scan) =>
        scan.portCount <= NAMED_TARGETS
          ? scan.ports.filter((port) => port !== 0).map((port) => `${scan.transport.toUpperCase()}/${port}`)
          : [],
      ),
    ),
  ];
  const which = ports.length === 0 ? "" : ` on ${listed(ports.slice(0, NAMED_TARGETS))}`;
  return [
    {
      action: `Check the services${which} that answered: whether they must be open to everyone, and whether they are patched.`,
      reason: `${plural(contacts, "contact")} of ${plural(answered.length, "scan")} ${agree(contacts, "was", "were")} answered; what answers is what comes next.`,
      rules: [],
    },
  ];
}

/** Sources that may be blocked, heaviest first: those that scans give reason to, less those whom nobody blocks, whatever they did. */
function blockable({ detection, labels }: AssessInput): string[] {
  const inside = insideOf({ detection });
  const { sources } = hostileSources(
    detection.scans.map((scan) => ({
      source: scan.source,
      kind: scan.kind,
      contacts: scan.contactCount,
      answered: scan.outcomes.answered,
      spoofable: scan.spoofable,
      acknowledged: organisationOf(labels.get(scan.source)),
      isDisputed: labels.get(scan.source)?.acknowledged?.status === "disputed",
    })),
    new Set(detection.backscatter.map(({ victim }) => victim)),
    { leastContacts: LEAST_CONTACTS, includeSpoofable: false, includeAcknowledged: false },
  );
  const allowed = (source: string): boolean => {
    // A label says who; without one (or with a special purpose) nobody is blocked.
    const label = labels.get(source);
    if (label === undefined || label.reserved !== null || (label.reliedUpon ?? null) !== null) return false;
    return isAddress(source) && !inside(source);
  };
  return sources.filter(allowed).slice(0, MOST_BLOCKED);
}

/** Whether an address lies in the defended networks. */
function insideOf({ detection }: Pick<AssessInput, "detection">): (address: string) => boolean {
  const home = detection.home.networks.map(parseNetwork).filter((network) => network !== null);
  return (address) => {
    const word = parseIPv4(address);
    if (word !== null) return home.some((network) => containsIPv4(network, word));
    const words = parseIPv6(address);
    return words !== null && home.some((network) => containsIPv6(network, ...words));
  };
}

/** Whether a text is an address: those of IPv6 may be hashes. */
function isAddress(text: string): boolean {
  return parseIPv4(text) !== null || parseIPv6(text) !== null;
}

/** Who says that he scans from there, where his behaviour does not dispute it. */
function organisationOf(label: AddressLabels | undefined): string | null {
  const acknowledged = label?.acknowledged ?? null;
  return acknowledged === null || acknowledged.status === "disputed" ? null : acknowledged.organisation;
}
