/** The logs that Zeek writes beside conn.log: they hold no connections, and that is said by name. */
import { ascii } from "../text/fields.ts";
import { WordTable } from "../text/word-table.ts";

/** Log names (`#path`) of Zeek 7's base scripts and common packages. Source: https://docs.zeek.org/en/current/logs/ and its script index. */
const NAMES = [
  "analyzer",
  "arp",
  "broker",
  "capture_loss",
  "cluster",
  "config",
  "conn_long",
  "dce_rpc",
  "dhcp",
  "dnp3",
  "dns",
  "dpd",
  "files",
  "ftp",
  "http",
  "intel",
  "irc",
  "kerberos",
  "known_certs",
  "known_hosts",
  "known_modbus",
  "known_services",
  "ldap",
  "ldap_search",
  "loaded_scripts",
  "modbus",
  "mqtt_connect",
  "mqtt_publish",
  "mqtt_subscribe",
  "mysql",
  "notice",
  "notice_alarm",
  "ntlm",
  "ntp",
  "ocsp",
  "packet_filter",
  "pe",
  "postgresql",
  "print",
  "prof",
  "quic",
  "radius",
  "rdp",
  "redis",
  "reporter",
  "rfb",
  "signatures",
  "sip",
  "smb_cmd",
  "smb_files",
  "smb_mapping",
  "smtp",
  "snmp",
  "socks",
  "software",
  "ssh",
  "ssl",
  "stats",
  "syslog",
  "telemetry",
  "traceroute",
  "tunnel",
  "unknown_protocols",
  "weird",
  "weird_stats",
  "websocket",
  "x509",
] as const;

/** Why a line of the log of that number is passed over. */
export const LOG_REASONS: readonly string[] = NAMES.map((name) =>
  name === "conn_long" ? "Zeek conn_long.log repeats connections of conn.log" : `Zeek ${name}.log holds no connections`,
);
export const OTHER_LOG = "another log of Zeek holds no connections";
/** Number of each log name, for {@link LOG_REASONS}. */
export const LOG_TABLE: WordTable = new WordTable(NAMES.map((name, number) => [name, number]));
export const CONN: Uint8Array = ascii("conn");

/**
 * Members by which a JSON line tells its log (JSON logs have no header), the most telling first: the first that is there decides.
 * Source: the Info records of the logs above.
 */
const MARKS: readonly (readonly [member: string, log: (typeof NAMES)[number]])[] = [
  ["trans_id", "dns"],
  ["cert_chain_fuids", "ssl"],
  ["cert_chain_fps", "ssl"],
  ["cipher", "ssl"],
  ["certificate.serial", "x509"],
  ["tx_hosts", "files"],
  ["fuid", "files"],
  ["mailfrom", "smtp"],
  ["last_reply", "smtp"],
  ["trans_depth", "http"],
  ["software_type", "software"],
  ["auth_attempts", "ssh"],
  ["lease_time", "dhcp"],
  ["msg_types", "dhcp"],
  ["orig_hw", "arp"],
  ["compile_ts", "pe"],
  ["named_pipe", "dce_rpc"],
  ["share_type", "smb_mapping"],
  ["request_type", "kerberos"],
  ["server_nb_computer_name", "ntlm"],
  ["stratum", "ntp"],
  ["tunnel_type", "tunnel"],
  ["percent_lost", "capture_loss"],
  ["pkts_proc", "stats"],
  ["helo", "smtp"],
  ["note", "notice"],
  ["cookie", "rdp"],
  ["peer", "weird"],
  ["filter", "packet_filter"],
];

/** The members of {@link MARKS}, and the number of the log that each tells. */
export const MARK_MEMBERS: readonly string[] = MARKS.map(([member]) => member);
export const MARK_LOGS: readonly number[] = MARKS.map(([, log]) => NAMES.indexOf(log));
/** Marks from this one on may stand in anybody's JSON: by themselves they prove no log of Zeek. */
export const FIRST_WEAK_MARK: number = MARK_MEMBERS.indexOf("helo");
export const NOTE_MARK: number = MARK_MEMBERS.indexOf("note");
export const FILTER_MARK: number = MARK_MEMBERS.indexOf("filter");
export const LOADED_SCRIPTS: number = NAMES.indexOf("loaded_scripts");
