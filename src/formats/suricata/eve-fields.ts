/** The members of Suricata's EVE events that are read, by the slots of {@link JsonFields}. Source: output-json*.c of Suricata 6 to 8, its user guide "Eve JSON Format". */
import type { JsonPath } from "../text/json-fields.ts";
import { WordTable } from "../text/word-table.ts";

export const TIMESTAMP = 0;
export const EVENT_TYPE = 1;
export const FLOW_ID = 2;
export const SRC_IP = 3;
export const SRC_PORT = 4;
export const DEST_IP = 5;
export const DEST_PORT = 6;
export const PROTO = 7;
export const ICMP_TYPE = 8;
export const ICMP_CODE = 9;
export const RESPONSE_ICMP_TYPE = 10;
export const RESPONSE_ICMP_CODE = 11;
export const VLAN = 12;
export const DIRECTION = 13;
export const PKTS_TOSERVER = 14;
export const PKTS_TOCLIENT = 15;
export const BYTES_TOSERVER = 16;
export const BYTES_TOCLIENT = 17;
export const FLOW_START = 18;
export const FLOW_END = 19;
export const FLOW_STATE = 20;
export const FLOW_ACTION = 21;
export const TCP_FLAGS = 22;
export const TCP_FLAGS_TS = 23;
export const TCP_FLAGS_TC = 24;
export const TCP_STATE = 25;
export const NETFLOW_PKTS = 26;
export const NETFLOW_BYTES = 27;
export const NETFLOW_START = 28;
export const NETFLOW_END = 29;
export const NETFLOW_MIN_TTL = 30;
export const ALERT_ACTION = 31;
export const VERDICT_ACTION = 32;
export const ANOMALY_TYPE = 33;
export const DROP_LEN = 34;
export const DROP_TOS = 35;
export const DROP_TC = 36;
export const DROP_TTL = 37;
export const DROP_HOPLIMIT = 38;
export const DROP_IPID = 39;
export const DROP_TCPSEQ = 40;
export const DROP_TCPACK = 41;
export const DROP_TCPWIN = 42;
export const DROP_FIN = 43;
export const DROP_SYN = 44;
export const DROP_RST = 45;
export const DROP_PSH = 46;
export const DROP_ACK = 47;
export const DROP_URG = 48;
export const DROP_TCPRES = 49;
export const DROP_TCPURGP = 50;
export const DROP_UDPLEN = 51;
export const DROP_ICMP_ID = 52;
export const DROP_ICMP_SEQ = 53;

export const EVE_PATHS: readonly JsonPath[] = [
  "timestamp",
  "event_type",
  "flow_id",
  "src_ip",
  "src_port",
  "dest_ip",
  "dest_port",
  "proto",
  "icmp_type",
  "icmp_code",
  "response_icmp_type",
  "response_icmp_code",
  "vlan",
  "direction",
  ["flow", "pkts_toserver"],
  ["flow", "pkts_toclient"],
  ["flow", "bytes_toserver"],
  ["flow", "bytes_toclient"],
  ["flow", "start"],
  ["flow", "end"],
  ["flow", "state"],
  ["flow", "action"],
  ["tcp", "tcp_flags"],
  ["tcp", "tcp_flags_ts"],
  ["tcp", "tcp_flags_tc"],
  ["tcp", "state"],
  ["netflow", "pkts"],
  ["netflow", "bytes"],
  ["netflow", "start"],
  ["netflow", "end"],
  ["netflow", "min_ttl"],
  ["alert", "action"],
  ["verdict", "action"],
  ["anomaly", "type"],
  ["drop", "len"],
  ["drop", "tos"],
  ["drop", "tc"],
  ["drop", "ttl"],
  ["drop", "hoplimit"],
  ["drop", "ipid"],
  ["drop", "tcpseq"],
  ["drop", "tcpack"],
  ["drop", "tcpwin"],
  ["drop", "fin"],
  ["drop", "syn"],
  ["drop", "rst"],
  ["drop", "psh"],
  ["drop", "ack"],
  ["drop", "urg"],
  ["drop", "tcpres"],
  ["drop", "tcpurgp"],
  ["drop", "udplen"],
  ["drop", "icmp_id"],
  ["drop", "icmp_seq"],
];

export const EVENT_FLOW = 0;
export const EVENT_NETFLOW = 1;
export const EVENT_ALERT = 2;
export const EVENT_DROP = 3;
export const EVENT_ANOMALY = 4;
/** Events of applications, whose packets flow events count, and of Suricata itself. */
const OTHERS =
  "stats http http2 dns mdns tls fileinfo ssh smtp email ftp ftp_data smb dcerpc nfs tftp krb5 snmp sip rdp rfb ntp dhcp dnp3 modbus ike ikev2 mqtt quic bittorrent_dht pgsql telnet websocket ldap pop3 enip doh2 arp template template-rust metadata packet frame engine".split(
    " ",
  );
const FIRST_OTHER = 5;
/** Number of each event type that is known; from FIRST_OTHER on those that {@link OTHER_REASONS} speaks of. */
export const EVENT_TYPES: WordTable = new WordTable([
  ["flow", EVENT_FLOW],
  ["netflow", EVENT_NETFLOW],
  ["alert", EVENT_ALERT],
  ["drop", EVENT_DROP],
  ["anomaly", EVENT_ANOMALY],
  ...OTHERS.map((name, i): [string, number] => [name, FIRST_OTHER + i]),
]);
const OTHER_REASONS: readonly string[] = OTHERS.map((name) => `Suricata ${name} event: no packets of its own`);
const UNKNOWN_EVENT = "Suricata event of another kind: no packets of its own";

/** Why an event of that number (or none) is passed over. */
export function reasonOf(event: number): string {
  return event < FIRST_OTHER ? UNKNOWN_EVENT : OTHER_REASONS[event - FIRST_OTHER]!;
}
