/** conn.log as Zeek writes it, with addresses for documentation. */
import type { FormatInput } from "../conformance.fixture.ts";
import { ZEEK } from "./zeek.ts";

const octets = (...lines: readonly string[]): Uint8Array => new TextEncoder().encode(`${lines.join("\n")}\n`);
const tabbed = (line: string): string => line.replaceAll(" ", "\t");

/** The header of a tab-separated log. */
export function header(path: string, fields: string, separator: string = "\t"): readonly string[] {
  const code = separator.charCodeAt(0).toString(16).padStart(2, "0");
  const names = fields.split(" ");
  return [
    `#separator \\x${code}`,
    ["#set_separator", ","].join(separator),
    ["#empty_field", "(empty)"].join(separator),
    ["#unset_field", "-"].join(separator),
    ["#path", path].join(separator),
    ["#open", "2013-11-02-01-00-00"].join(separator),
    ["#fields", ...names].join(separator),
    ["#types", ...names.map(() => "string")].join(separator),
  ];
}

export const CONN_FIELDS =
  "ts uid id.orig_h id.orig_p id.resp_h id.resp_p proto service duration orig_bytes resp_bytes conn_state local_orig local_resp missed_bytes history orig_pkts orig_ip_bytes resp_pkts resp_ip_bytes tunnel_parents";

/** A web request, a probe from port zero without an answer, one refused, a name looked up, a ping, a SYN-ACK that nobody asked for. */
export const CONN_LINES: readonly string[] = [
  "1383354000.123456 CwAaBbCcDdEeFfGgH1 192.0.2.1 40000 198.51.100.9 80 tcp http 0.055687 261 1077 SF - - 0 ShADadfF 5 473 5 1281 (empty)",
  "1383354001.500000 CwAaBbCcDdEeFfGgH2 192.0.2.1 0 198.51.100.9 445 tcp - - - - S0 - - 0 S 3 120 0 0 (empty)",
  "1383354002.500000 CwAaBbCcDdEeFfGgH3 192.0.2.1 40001 198.51.100.9 23 tcp - 0.000201 0 0 REJ - - 0 Sr 1 44 1 40 (empty)",
  "1383354003.500000 CwAaBbCcDdEeFfGgH4 2001:db8::1 5353 2001:db8::9 53 udp dns 0.020000 33 49 SF T F 0 Dd 1 81 1 97 CtTtTtTtTtTtTtTt1",
  "1383354004.500000 CwAaBbCcDdEeFfGgH5 192.0.2.1 8 198.51.100.9 0 icmp - 0.010000 56 56 OTH - - 0 - 1 84 1 84 (empty)",
  "1383354005.500000 CwAaBbCcDdEeFfGgH6 192.0.2.1 1234 198.51.100.9 80 tcp - - - - OTH - - 0 ^h 0 0 1 44 (empty)",
].map(tabbed);

export const JSON_LINES: readonly string[] = [
  '{"ts":1383354000.123456,"uid":"CwAaBbCcDdEeFfGgH1","id.orig_h":"192.0.2.1","id.orig_p":40000,"id.resp_h":"198.51.100.9","id.resp_p":80,"proto":"tcp","service":"http","duration":9.5e-05,"orig_bytes":261,"resp_bytes":1077,"conn_state":"SF","missed_bytes":0,"history":"ShADadfF","orig_pkts":5,"orig_ip_bytes":473,"resp_pkts":5,"resp_ip_bytes":1281}',
  '{"ts":"2013-11-02T01:00:01.500000Z","uid":"CwAaBbCcDdEeFfGgH2","id":{"orig_h":"192.0.2.1","orig_p":0,"resp_h":"198.51.100.9","resp_p":445},"proto":"tcp","conn_state":"S0","missed_bytes":0,"history":"S","orig_pkts":3,"orig_ip_bytes":120,"resp_pkts":0,"resp_ip_bytes":0,"tunnel_parents":[]}',
  '{"_path":"conn","ts":1383354003500,"uid":"CwAaBbCcDdEeFfGgH4","id.orig_h":"2001:db8::1","id.orig_p":5353,"id.resp_h":"2001:db8::9","id.resp_p":53,"proto":"udp","duration":0.02,"orig_bytes":33,"resp_bytes":49,"conn_state":"SF","missed_bytes":0,"history":"Dd","orig_pkts":1,"orig_ip_bytes":81,"resp_pkts":1,"resp_ip_bytes":97,"tunnel_parents":["CtTtTtTtTtTtTtTt1"]}',
  '{"ts":1383354009.5,"uid":"CwAaBbCcDdEeFfGgH4","id.orig_h":"2001:db8::1","id.orig_p":5353,"id.resp_h":"2001:db8::9","id.resp_p":53,"proto":"udp","trans_id":31185,"query":"example.org"}',
];

const DNS = [
  ...header("dns", "ts uid id.orig_h id.orig_p id.resp_h id.resp_p proto trans_id query"),
  tabbed("1383354003.5 C1 192.0.2.1 5 192.0.2.2 53 udp 7 a.example"),
];

export const INPUTS: readonly FormatInput[] = [
  {
    name: "Zeek, tab-separated",
    format: ZEEK,
    bytes: octets(...header("conn", CONN_FIELDS), ...CONN_LINES, "#close\t2013-11-02-02-00-00"),
  },
  { name: "Zeek, header cut off", format: ZEEK, bytes: octets(...CONN_LINES) },
  { name: "Zeek, two logs and another one in a row", format: ZEEK, bytes: octets(...DNS, ...header("conn", CONN_FIELDS), ...CONN_LINES) },
  { name: "Zeek, JSON lines", format: ZEEK, bytes: octets(...JSON_LINES) },
];
