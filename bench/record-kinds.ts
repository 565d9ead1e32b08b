/** The kinds of records that the quality benchmark turns captures into, and what of a scan each can show. */
import type { Technique } from "../src/model/finding.ts";
import type { Network } from "../src/model/address.ts";
import { eveFlowEvents } from "../src/lab/records/eve-flows.ts";
import type { CapturedPacket } from "../src/lab/records/captured-packet.ts";
import { netflow5Datagrams } from "../src/lab/netflow5.ts";
import { vpcFlowLog } from "../src/lab/records/vpc-flow-log.ts";
import { zeekConnLog } from "../src/lab/records/zeek-conn-log.ts";
import { Random } from "../src/lab/random.ts";

/** A capture, as exporters see it. */
export interface Traffic {
  readonly packets: readonly CapturedPacket[];
  /** Lines of a firewall before the home networks that logs what it drops. */
  readonly dropLog: () => readonly string[];
  readonly home: readonly Network[];
}

export interface RecordKind {
  readonly name: string;
  /** One packet of so many makes the records. */
  readonly sampling: number;
  /** The techniques that such records may be read as where a scan of the given one was; null: the source alone can be known; false: not even that. */
  readonly shows: (technique: Technique) => readonly Technique[] | null | false;
  readonly make: (traffic: Traffic, seed: number) => Uint8Array;
}

/** What routers use: Cisco's and Juniper's manuals recommend it. */
const TIMEOUTS = { idle: 15, active: 60 };

/** The one kind that is made of the firewall's lines. */
export const DROP_LOG = "netfilter";

export const RECORD_KINDS: readonly RecordKind[] = [
  { name: "netflow-v5", sampling: 1, shows: flagsOfFlows, make: ({ packets }) => netflow5Datagrams(packets, { ...TIMEOUTS, sampling: 1 }) },
  { name: "zeek", sampling: 1, shows: zeekShows, make: ({ packets }) => octets(zeekConnLog(packets)) },
  { name: "suricata", sampling: 1, shows: suricataShows, make: ({ packets }) => octets(eveFlowEvents(packets)) },
  { name: DROP_LOG, sampling: 1, shows: dropLogShows, make: ({ dropLog }) => octets(`${dropLog().join("\n")}\n`) },
  { name: "vpc-flow", sampling: 1, shows: vpcShows, make: ({ packets, home }) => octets(vpcFlowLog(packets, home)) },
  sampled(10),
  sampled(100),
];

/** NetFlow v5 of one packet in so many, drawn at random. */
function sampled(sampling: number): RecordKind {
  return {
    name: `1 in ${sampling}`,
    sampling,
    // No flags at all, lone ACKs and associations are what the middle of conversations leaves.
    shows: (technique) => (["arp", "null", "ack", "maimon", "sctp-init"].includes(technique) ? false : null),
    make: ({ packets }, seed) => netflow5Datagrams(samplePackets(packets, sampling, seed), { ...TIMEOUTS, sampling }),
  };
}

/** The packets that a sampler of one in so many would pick. */
export function samplePackets(packets: readonly CapturedPacket[], sampling: number, seed: number): CapturedPacket[] {
  const random = new Random(seed * 1000 + sampling);
  return packets.filter(() => random.chance(1 / sampling));
}

function octets(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function flagsOfFlows(technique: Technique): readonly Technique[] | null | false {
  if (technique === "arp") return false;
  // Options are not told, and a connection that nobody answered is a SYN.
  if (technique === "os-detection") return null;
  // An exporter that never tells a flag may not know them.
  if (technique === "null") return ["null", "tcp-unknown"];
  return technique === "connect" ? ["connect", "syn"] : [technique];
}

/** FIN, Xmas and Maimon probes all leave an F in the history. */
function zeekShows(technique: Technique): readonly Technique[] | null | false {
  if (technique === "fin" || technique === "xmas" || technique === "maimon") return ["fin", "xmas", "maimon"];
  // SCTP's ports are not told, nor flags that belong together.
  return technique === "sctp-init" ? false : technique === "other" ? null : flagsOfFlows(technique);
}

/** Without a SYN there is no session, and without a session no flags. */
function suricataShows(technique: Technique): readonly Technique[] | null | false {
  return ["fin", "null", "xmas", "maimon", "ack", "other"].includes(technique) ? null : flagsOfFlows(technique);
}

/** The kernel prints no ports of SCTP. */
function dropLogShows(technique: Technique): readonly Technique[] | null | false {
  return technique === "sctp-init" ? false : flagsOfFlows(technique);
}

/** Neither flags nor ICMP types are told; and without flags, what comes from and goes to port zero may be fragments. */
function vpcShows(technique: Technique): readonly Technique[] | null | false {
  if (technique === "icmp" || technique === "other") return false;
  if (["syn", "connect", "fin", "xmas", "maimon"].includes(technique)) return ["tcp-unknown", "connect"];
  return technique === "udp" || technique === "ip-protocol" ? [technique] : flagsOfFlows(technique) === false ? false : null;
}
