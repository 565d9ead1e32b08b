/** What each class of traffic is, in plain words, for `--explain`. Sources: RFC 9293 §3.10.7 (what a closed port answers), nmap.org/book/man-port-scanning-techniques. */
import {
  CLASS_ACK,
  CLASS_ARP_REQUEST,
  CLASS_CONVERSED,
  CLASS_FIN,
  CLASS_ICMP_ERROR_SENT,
  CLASS_ICMP_REPLY_SENT,
  CLASS_ICMP_REQUEST,
  CLASS_IP_PROTOCOL,
  CLASS_MAIMON,
  CLASS_NAMES,
  CLASS_NULL,
  CLASS_OS_DETECTION,
  CLASS_RECEIVED,
  CLASS_RST_SENT,
  CLASS_SCTP_INIT,
  CLASS_SERVED,
  CLASS_STRAY,
  CLASS_SYN,
  CLASS_SYN_ACK_SENT,
  CLASS_TCP_ODD,
  CLASS_TINY_FRAGMENT,
  CLASS_UDP,
  CLASS_XMAS,
  FLAGS_UNTOLD_NAME,
  LAST_PROBE_CLASS,
} from "../model/activity.ts";

const CLOSED_ANSWERS = "a closed port answers RST, an open one stays silent, so it maps ports past simple filters";

const MEANINGS: ReadonlyMap<number, string> = new Map([
  [CLASS_SYN, "asks to open a connection; an open port answers SYN/ACK, a closed one RST"],
  [CLASS_FIN, `FIN alone, where no connection was: ${CLOSED_ANSWERS}`],
  [CLASS_NULL, `no flag at all, which no stack sends: ${CLOSED_ANSWERS}`],
  [CLASS_XMAS, `FIN, PSH and URG together, which no stack sends: ${CLOSED_ANSWERS}`],
  [CLASS_MAIMON, "FIN/ACK where no connection was: some stacks stay silent on open ports"],
  [CLASS_ACK, "ACK where no connection was: an answer shows that no stateful firewall is between (an ACK or window scan)"],
  [CLASS_TCP_ODD, "flags that contradict one another: a broken or deliberately odd tool"],
  [CLASS_UDP, "UDP that was no answer; a closed port answers with an ICMP error"],
  [CLASS_SCTP_INIT, "asks to open an SCTP association"],
  [CLASS_ICMP_REQUEST, "asks whether a host is there; ports are ICMP types"],
  [CLASS_ARP_REQUEST, "asks the local network who has an address"],
  [CLASS_IP_PROTOCOL, "IP protocols without ports; the ports here are protocol numbers"],
  [CLASS_OS_DETECTION, "the odd packets by which Nmap tells operating systems apart; the ports here are numbers of its tests"],
  [CLASS_TINY_FRAGMENT, "TCP cut so that a filter cannot see its flags"],
  [CLASS_SYN_ACK_SENT, "accepted connections: it serves, or it is the victim of somebody who forges addresses"],
  [CLASS_RST_SENT, "refused or broke off: an answer, not a probe"],
  [CLASS_ICMP_REPLY_SENT, "answered an ICMP request"],
  [CLASS_ICMP_ERROR_SENT, "told somebody that a packet could not be delivered"],
  [CLASS_SERVED, "two-way conversations that others opened with it"],
  [CLASS_CONVERSED, "two-way conversations that it opened, or whose opening was not seen"],
  [CLASS_STRAY, "packets of conversations of which only this side was seen: no evidence of a probe"],
  [CLASS_RECEIVED, "not sent but got: what its packets met with"],
]);

const FLAGS_UNTOLD_MEANING = "opened TCP, by records that do not tell flags: SYNs, if a stack or a usual scan sent them";

const CLASS_BY_NAME: ReadonlyMap<string, number> = new Map([...CLASS_NAMES].map(([number, name]) => [name, number]));

/** The class in plain words, or null where its name says it all. */
export function classMeaning(name: string): string | null {
  if (name === FLAGS_UNTOLD_NAME) return FLAGS_UNTOLD_MEANING;
  return MEANINGS.get(CLASS_BY_NAME.get(name) ?? -1) ?? null;
}

/** `probe`: sent to open or provoke; `received`: answers it got; `answer`: sent because others asked, or to and fro. */
export function classRole(name: string): "probe" | "answer" | "received" {
  const number = name === FLAGS_UNTOLD_NAME ? CLASS_SYN : (CLASS_BY_NAME.get(name) ?? 0);
  if (number === CLASS_RECEIVED) return "received";
  return number <= LAST_PROBE_CLASS ? "probe" : "answer";
}
