/** Lines of each kind in the forms that syslog servers, journald and dmesg write, with addresses for documentation. */
import type { FormatInput } from "../conformance.fixture.ts";
import { type Format, HEAD_BYTES } from "../format.ts";
import { ASA_MESSAGES, FILTERLOG_RECORDS, IOS_MESSAGES } from "./other-inputs.fixture.ts";
import { CISCO_ASA_LOG, CISCO_IOS_LOG, FILTERLOG_LOG, MIKROTIK_LOG, NETFILTER_LOG, SYSLOG } from "./syslog.ts";

const ETHERNET = "MAC=02:00:00:00:00:01:02:00:00:00:00:02:08:00";
const ETHERNET6 = "MAC=02:00:00:00:00:01:02:00:00:00:00:02:86:dd";
const IPV4 = `IN=eth0 OUT= ${ETHERNET} SRC=192.0.2.1 DST=198.51.100.2 LEN=60 TOS=0x08 PREC=0x20 TTL=52 ID=54321`;

/** What follows the prefix in netfilter's lines: every kind of packet that the kernel writes apart. */
export const NETFILTER_PACKETS = {
  syn: `${IPV4} DF PROTO=TCP SPT=40000 DPT=445 WINDOW=1024 RES=0x00 SYN URGP=0 OPT (020405B4) `,
  portZero: `${IPV4} PROTO=TCP SPT=0 DPT=0 SEQ=3325256706 ACK=7 WINDOW=512 RES=0x04 CWR ECE URG ACK PSH RST SYN FIN URGP=3 `,
  null: `${IPV4} PROTO=TCP SPT=40000 DPT=22 WINDOW=1024 RES=0x00 URGP=0 `,
  data: `IN=eth0 OUT=eth1 ${ETHERNET} SRC=192.0.2.1 DST=198.51.100.2 LEN=152 TOS=0x00 PREC=0x00 TTL=63 ID=0 DF PROTO=TCP SPT=443 DPT=40000 WINDOW=501 RES=0x00 ACK PSH URGP=0 UID=0 GID=0 MARK=0x1 `,
  udp: `${IPV4} PROTO=UDP SPT=0 DPT=53 LEN=40 `,
  ping: `${IPV4} PROTO=ICMP TYPE=8 CODE=0 ID=2158 SEQ=512 `,
  unreachable: `${IPV4} PROTO=ICMP TYPE=3 CODE=3 [SRC=198.51.100.2 DST=192.0.2.1 LEN=40 TOS=0x00 PREC=0x00 TTL=54 ID=0 DF PROTO=UDP SPT=21458 DPT=0 LEN=20 ] `,
  shortQuote: `${IPV4} PROTO=ICMP TYPE=11 CODE=0 [SRC=198.51.100.2 DST=192.0.2.1 LEN=40 TOS=0x00 PREC=0x00 TTL=1 ID=9 PROTO=TCP INCOMPLETE [8 bytes] ] `,
  firstFragment: `${IPV4} MF PROTO=UDP SPT=53 DPT=40000 LEN=3000 `,
  tinyFragment: `${IPV4} MF PROTO=TCP INCOMPLETE [8 bytes] `,
  laterFragment: `${IPV4} FRAG:185 PROTO=UDP `,
  sctp: `${IPV4} PROTO=132 `,
  esp: `${IPV4} PROTO=ESP SPI=0xcb886522 `,
  ipv6: `IN=eth0 OUT= ${ETHERNET6} SRC=2001:0db8:0000:0000:0000:0000:0000:0001 DST=2001:0db8:0000:0000:0000:0000:0000:0002 LEN=60 TC=8 HOPLIMIT=57 FLOWLBL=703710 PROTO=TCP SPT=40000 DPT=0 WINDOW=1024 RES=0x00 SYN URGP=0 `,
  ipv6FirstFragment: `IN=eth0 OUT= SRC=2001:0db8:0000:0000:0000:0000:0000:0001 DST=2001:0db8:0000:0000:0000:0000:0000:0002 LEN=1280 TC=0 HOPLIMIT=64 FLOWLBL=0 OPT ( FRAG:0 INCOMPLETE ID:0000002a ) PROTO=UDP SPT=53 DPT=40000 LEN=3000 `,
  ipv6LaterFragment: `IN=eth0 OUT= SRC=2001:0db8:0000:0000:0000:0000:0000:0001 DST=2001:0db8:0000:0000:0000:0000:0000:0002 LEN=800 TC=0 HOPLIMIT=64 FLOWLBL=0 FRAG:1232 ID:0000002a PROTO=UDP `,
  tooBig: `IN=eth0 OUT= SRC=2001:0db8:0000:0000:0000:0000:0000:0001 DST=2001:0db8:0000:0000:0000:0000:0000:0002 LEN=1280 TC=0 HOPLIMIT=64 FLOWLBL=0 PROTO=ICMPv6 TYPE=2 CODE=0 [SRC=2001:0db8:0000:0000:0000:0000:0000:0002 DST=2001:0db8:0000:0000:0000:0000:0000:0009 LEN=1500 TC=0 HOPLIMIT=60 FLOWLBL=0 PROTO=TCP SPT=443 DPT=40000 WINDOW=501 RES=0x00 ACK URGP=0 ] MTU=1280 `,
  arp: "IN=eth0 OUT= MACSRC=02:00:00:00:00:02 MACDST=ff:ff:ff:ff:ff:ff MACPROTO=0806 ARP HTYPE=1 PTYPE=0x0800 OPCODE=1 MACSRC=02:00:00:00:00:02 IPSRC=192.0.2.1 MACDST=00:00:00:00:00:00 IPDST=198.51.100.2 ",
} as const;

/** MikroTik's lines behind their topics and prefix. */
export const MIKROTIK_PACKETS = {
  syn: "input: in:ether1 - WAN out:(unknown 0), connection-state:new src-mac 02:00:00:00:00:02, proto TCP (SYN), 192.0.2.1:40000->198.51.100.2:22, len 60",
  portZero: "input: in:ether1 out:(unknown 0), connection-state:new proto TCP (SYN), 192.0.2.1:0->198.51.100.2:445, len 40",
  udp: "forward: in:bridge out:ether1, connection-state:new,snat src-mac 02:00:00:00:00:02, proto UDP, 192.0.2.1:5353->198.51.100.2:53, len 73",
  udpZero: "input: in:ether1 out:(unknown 0), proto UDP, 192.0.2.1:0->198.51.100.2:0, len 1500",
  nat: "srcnat: in:bridge out:ether1, proto TCP (ACK,PSH), 192.0.2.1:40000->198.51.100.2:443, NAT (192.0.2.1:40000->203.0.113.1:40000)->198.51.100.2:443, prio 0->4, len 152",
  ping: "input: in:ether1 out:(unknown 0), proto ICMP (type 8, code 0), 192.0.2.1->198.51.100.2, len 84",
  gre: "input: in:ether1 out:(unknown 0), proto 47, 192.0.2.1->198.51.100.2, len 84",
  noPorts: "input: in:ether1 out:(unknown 0), proto UDP, 192.0.2.1->198.51.100.2, len 1500",
  ipv6: "input: in:ether1 out:(unknown 0), connection-state:new proto TCP (SYN), [2001:db8::1]:40000->[2001:db8::2]:22, len 80",
  neighbour: "output: in:(unknown 0) out:ether1, proto ICMPv6 (type 135, code 0), fe80::1->ff02::1:ff00:1, len 72",
} as const;

/** What other programs write into the same files. */
export const OTHER_LINES = [
  "Nov  2 01:02:03 fw sshd[812]: Failed password for invalid user admin from 192.0.2.9 port 40022 ssh2",
  "Nov  2 01:02:04 fw systemd[1]: Started Daily apt download activities.",
  "Nov  2 01:02:04 fw CRON[900]: (root) CMD (command -v debian-sa1 > /dev/null)",
  "Nov  2 01:02:05 fw kernel: [   12.500000] eth0: link becomes ready",
] as const;

const packets = Object.values(NETFILTER_PACKETS);
const routerOs = Object.values(MIKROTIK_PACKETS);

function input(name: string, format: Format, lines: readonly string[]): FormatInput {
  return { name, format, bytes: new TextEncoder().encode(`${lines.join("\n")}\n`) };
}

export const INPUTS: readonly FormatInput[] = [
  input(
    "netfilter in BSD syslog",
    NETFILTER_LOG,
    packets.map((packet, i) => `Nov  2 01:02:${String(i).padStart(2, "0")} fw kernel: [${i}.250000] [UFW BLOCK] ${packet}`),
  ),
  input(
    "netfilter in RFC 5424",
    NETFILTER_LOG,
    packets.map((packet) => `<4>1 2013-11-02T01:02:03.123Z fw kernel - - - FINAL_REJECT: ${packet}`),
  ),
  input(
    "netfilter in dmesg",
    NETFILTER_LOG,
    ["eth0: link becomes ready", ...packets.map((packet) => `DROP ${packet}`)].map(
      (line, i) => `[${String(i).padStart(5)}.250000] ${line}`,
    ),
  ),
  input(
    "netfilter in journald's JSON",
    NETFILTER_LOG,
    packets.map((packet, i) =>
      JSON.stringify({
        __REALTIME_TIMESTAMP: `138335412300000${i % 10}`,
        _TRANSPORT: "kernel",
        _HOSTNAME: "fw",
        SYSLOG_IDENTIFIER: "kernel",
        MESSAGE: packet,
      }),
    ),
  ),
  input(
    "MikroTik through rsyslog",
    MIKROTIK_LOG,
    routerOs.map((packet) => `2013-11-02T01:02:03.500000+01:00 192.0.2.254 firewall,info drop-wan ${packet}`),
  ),
  input(
    "MikroTik's own file",
    MIKROTIK_LOG,
    routerOs.map((packet) => `nov/02/2013 01:02:03 firewall,info ${packet}`),
  ),
  input(
    "pfSense in BSD syslog",
    FILTERLOG_LOG,
    FILTERLOG_RECORDS.map((record) => `<134>Nov  2 01:02:03 filterlog[72237]: ${record}`),
  ),
  input(
    "OPNsense in RFC 5424",
    FILTERLOG_LOG,
    FILTERLOG_RECORDS.map((record) => `<134>1 2013-11-02T02:02:03+01:00 fw filterlog 76404 - [meta sequenceId="1"] ${record}`),
  ),
  input(
    "Cisco ASA",
    CISCO_ASA_LOG,
    ASA_MESSAGES.map((message) => `<166>Nov 02 2013 01:02:03 fw : ${message}`),
  ),
  input(
    "Cisco IOS through a relay",
    CISCO_IOS_LOG,
    IOS_MESSAGES.map((message, i) => `Nov  2 01:02:04 192.0.2.254 ${i}: Nov  2 01:02:03.272: ${message}`),
  ),
  input("netfilter among other programs", NETFILTER_LOG, [...OTHER_LINES, `Nov  2 01:02:09 fw kernel: ${NETFILTER_PACKETS.syn}`]),
  input("syslog without a firewall in its head", SYSLOG, [
    ...OTHER_LINES,
    ...Array.from({ length: HEAD_BYTES / 256 }, () => `Nov  2 01:02:06 fw prog[1]: ${"x".repeat(228)}`),
    `Nov  2 01:02:09 fw kernel: ${NETFILTER_PACKETS.syn}`,
  ]),
];
