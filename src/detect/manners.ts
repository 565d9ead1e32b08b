/**
 * What a source did beyond scanning, as far as packets' headers and conversations tell it. Those who scan for research say that they never
 * guess passwords, flood, or try to slip past filters (the opt-out pages of Censys, the University of Michigan, RWTH Aachen and others;
 * Durumeric et al., USENIX Security 2013, §5); ZMap's and Masscan's probes are plain SYNs from an ephemeral port.
 */
import {
  CLASS_FIN,
  CLASS_NULL,
  CLASS_SYN,
  CLASS_TCP_ODD,
  CLASS_TINY_FRAGMENT,
  CLASS_UDP,
  CLASS_XMAS,
  LAST_PROBE_CLASS,
  OUTCOME_COMPLETED,
  OUTCOME_DATA,
  type Activity,
  type SourceView,
  type ToolName,
  TOOLS,
} from "../model/activity.ts";
import type { Manners } from "../model/manners.ts";
import { number, plural } from "./evidence.ts";

/** Packets with a tool's mark from which it counts: Masscan's comes by chance once in 65,536 packets, Mirai's once in 2^32. */
const MARKED_PACKETS = 2;
/** Packets that no stack sends, from which they are no accident on the wire. Stated judgement. */
const ODD_PACKETS = 3;
/** Packets a contact, packets in all, and packets a second from which repetition is a flood: a scanner asks a few times. Stated judgement. */
const FLOOD_REPEATS = 100;
const FLOOD_PACKETS = 1000;
const FLOOD_RATE = 10;
/** Services that ask for a password: FTP, SSH, Telnet, SMTP and mail boxes, SMB, SQL, RDP, VNC and their usual second ports. */
const LOGIN_PORTS: ReadonlySet<number> = new Set([
  21, 22, 23, 25, 110, 143, 445, 465, 587, 993, 995, 1433, 2222, 2323, 3306, 3389, 5432, 5900, 5901,
]);
/** Connections to one such service, in an hour and in all, from which passwords are being guessed: a banner takes one or two. Stated judgement. */
const GUESSES_AN_HOUR = 10;
const GUESSES = 20;
const HOUR = 3600;

/** The manners of one address; `spoofable` is what its scans say. */
export function mannersOf(activity: Activity, address: string, spoofable: boolean): Manners {
  const tools = new Map<ToolName, number>();
  const beyond: string[] = [];
  activity.visitAddress(address, (source) => {
    if (source.trafficClass > LAST_PROBE_CLASS) return;
    for (const [index, tool] of TOOLS.entries()) {
      const packets = source.toolPackets(index);
      if (packets >= MARKED_PACKETS) tools.set(tool, (tools.get(tool) ?? 0) + packets);
    }
    beyond.push(...oddities(source));
  });
  for (const tool of ["mirai", "unicornscan", "hping"] as const) {
    const packets = tools.get(tool) ?? 0;
    if (packets > 0) beyond.push(`carries ${tool}'s mark in ${plural(packets, "packet")}, a tool that none of them uses`);
  }
  return { spoofable, tools, beyond };
}

/** What of one class of packets is not how scanners ask. */
function oddities(source: SourceView): string[] {
  const { trafficClass, packets } = source;
  if (trafficClass === CLASS_TCP_ODD)
    return packets >= ODD_PACKETS ? [`sends TCP flags that no stack sends (${plural(packets, "packet")})`] : [];
  if (trafficClass === CLASS_TINY_FRAGMENT) {
    return packets >= ODD_PACKETS ? [`hides TCP flags in tiny fragments (${plural(packets, "packet")})`] : [];
  }
  if (trafficClass === CLASS_FIN || trafficClass === CLASS_NULL || trafficClass === CLASS_XMAS) {
    return packets >= ODD_PACKETS && source.contactCount >= ODD_PACKETS
      ? [`probes with TCP flags that slip past simple filters (${plural(packets, "packet")})`]
      : [];
  }
  const found: string[] = [];
  const seconds = Math.max(1, source.lastSeen - source.firstSeen);
  if (packets >= FLOOD_PACKETS && packets >= FLOOD_REPEATS * source.contactCount && packets >= FLOOD_RATE * seconds) {
    found.push(`sent ${number(packets)} packets to ${plural(source.contactCount, "service")}, which is a flood`);
  }
  if (trafficClass === CLASS_SYN) found.push(...guesses(source, seconds));
  if (trafficClass !== CLASS_UDP && source.portZeroPackets >= ODD_PACKETS && !asksPortZero(source)) {
    found.push(`sends from TCP port zero (${plural(source.portZeroPackets, "packet")}), which no scanner's tool does`);
  }
  return found;
}

/** Password guessing: most of its contacts are services that ask for one, each was spoken with, and it came back again and again. */
function guesses(source: SourceView, seconds: number): string[] {
  const { packets, contactCount } = source;
  const each = packets / contactCount;
  if (each < GUESSES || each / Math.max(1, seconds / HOUR) < GUESSES_AN_HOUR) return [];
  const contacts = source.contacts();
  let logins = 0;
  for (let at = 0; at < contacts.length; at++) {
    const spoken = OUTCOME_COMPLETED | OUTCOME_DATA;
    if (LOGIN_PORTS.has(contacts.port[at]!) && (contacts.outcome[at]! & spoken) === spoken) logins++;
  }
  if (logins === 0 || logins < contacts.length / 2) return [];
  return [
    `opened ${number(packets)} connections to ${plural(contactCount, "service")} that ask for a password, and talked: that is guessing`,
  ];
}

/** Port zero asked for, in a whole header, is ZMap 4.0.0's slip (fixed in 4.1.0), and no sign of ill will. */
function asksPortZero(source: SourceView): boolean {
  const contacts = source.contacts();
  for (let at = 0; at < contacts.length; at++) if (contacts.port[at] === 0) return true;
  return false;
}
