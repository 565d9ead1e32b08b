/** Large inputs of records, for measuring: the same lines or datagrams over and over, their addresses and ports patched in place. */
import { closeSync, openSync } from "node:fs";
import { writeWhole } from "../src/lab/capture-writer.ts";
import { netflow5Datagrams } from "../src/lab/netflow5.ts";
import { TCP_SYN } from "../src/model/protocol.ts";

/** 2 November 2013, 01:00 UTC. */
const START = 1_383_354_000;
/** Lines written at once. */
const CHUNK = 20_000;
const RECORDS_A_DATAGRAM = 30;
const V5_HEADER = 24;
const V5_RECORD = 48;
/** Fields of the v9 and IPFIX records: [element, octets], those that softflowd exports for IPv4. */
const FIELDS: readonly (readonly [number, number])[] = [
  [8, 4],
  [12, 4],
  [22, 4],
  [21, 4],
  [1, 4],
  [2, 4],
  [10, 2],
  [14, 2],
  [7, 2],
  [11, 2],
  [4, 1],
  [6, 1],
  [60, 1],
  [5, 1],
];

export type RecordKind = "netflow-v5" | "netflow-v9" | "zeek-tsv" | "suricata-eve" | "netfilter";

/** Writes `count` records (at least) of a kind, and returns how many there are. */
export function makeRecords(kind: RecordKind, path: string, count: number): number {
  const file = openSync(path, "w");
  try {
    return kind === "netflow-v5" ? writeV5(file, count) : kind === "netflow-v9" ? writeV9(file, count) : writeLines(file, kind, count);
  } finally {
    closeSync(file);
  }
}

function writeV5(file: number, count: number): number {
  const packets = Array.from({ length: RECORDS_A_DATAGRAM }, (_, i) => ({
    time: START + i / 100,
    source: 0x0a000000 + i,
    destination: 0xc6336400 + i,
    sourcePort: 40_000 + i,
    destinationPort: i % 10 === 0 ? 0 : 445,
    protocol: 6,
    tcpFlags: TCP_SYN,
    bytes: 44,
    icmp: -1,
  }));
  const datagram = netflow5Datagrams(packets);
  const view = new DataView(datagram.buffer, datagram.byteOffset);
  const datagrams = Math.ceil(count / RECORDS_A_DATAGRAM);
  for (let number = 0; number < datagrams; number++) {
    view.setUint32(16, number * RECORDS_A_DATAGRAM);
    for (let record = 0; record < RECORDS_A_DATAGRAM; record++)
      view.setUint32(V5_HEADER + record * V5_RECORD, 0x0a000000 + ((number * 7919 + record) & 0xffffff));
    writeWhole(file, datagram);
  }
  return datagrams * RECORDS_A_DATAGRAM;
}

function writeV9(file: number, count: number): number {
  const recordBytes = FIELDS.reduce((sum, [, octets]) => sum + octets, 0);
  const template = new Uint8Array(20 + 8 + 4 * FIELDS.length);
  const templateView = new DataView(template.buffer);
  writeV9Header(templateView, 1, 0);
  templateView.setUint16(20 + 2, 8 + 4 * FIELDS.length);
  templateView.setUint16(20 + 4, 1024);
  templateView.setUint16(20 + 6, FIELDS.length);
  for (const [i, [element, octets]] of FIELDS.entries()) {
    templateView.setUint16(28 + 4 * i, element);
    templateView.setUint16(30 + 4 * i, octets);
  }
  writeWhole(file, template);
  const padding = (4 - ((RECORDS_A_DATAGRAM * recordBytes) % 4)) % 4;
  const data = new Uint8Array(20 + 4 + RECORDS_A_DATAGRAM * recordBytes + padding);
  const view = new DataView(data.buffer);
  view.setUint16(20, 1024);
  view.setUint16(22, data.length - 20);
  const datagrams = Math.ceil(count / RECORDS_A_DATAGRAM);
  for (let number = 0; number < datagrams; number++) {
    writeV9Header(view, RECORDS_A_DATAGRAM, number + 1);
    for (let record = 0; record < RECORDS_A_DATAGRAM; record++) {
      const at = 24 + record * recordBytes;
      view.setUint32(at, 0x0a000000 + ((number * 7919 + record) & 0xffffff));
      view.setUint32(at + 4, 0xc6336400 + record);
      view.setUint32(at + 8, 1000);
      view.setUint32(at + 12, 2000);
      view.setUint32(at + 16, 44);
      view.setUint32(at + 20, 1);
      view.setUint16(at + 28, 40_000 + record);
      view.setUint16(at + 30, record % 10 === 0 ? 0 : 445);
      view.setUint8(at + 32, 6);
      view.setUint8(at + 33, TCP_SYN);
      view.setUint8(at + 34, 4);
    }
    writeWhole(file, data);
  }
  return datagrams * RECORDS_A_DATAGRAM;
}

function writeV9Header(view: DataView, count: number, sequence: number): void {
  view.setUint16(0, 9);
  view.setUint16(2, count);
  view.setUint32(4, 60_000);
  view.setUint32(8, START);
  view.setUint32(12, sequence);
  view.setUint32(16, 1);
}

function writeLines(file: number, kind: Exclude<RecordKind, "netflow-v5" | "netflow-v9">, count: number): number {
  const line = { "zeek-tsv": zeekLine, "suricata-eve": eveLine, netfilter: netfilterLine }[kind];
  if (kind === "zeek-tsv") writeWhole(file, new TextEncoder().encode(ZEEK_HEADER));
  for (let first = 0; first < count; first += CHUNK) {
    const lines = Array.from({ length: Math.min(CHUNK, count - first) }, (_, i) => line(first + i));
    writeWhole(file, new TextEncoder().encode(`${lines.join("\n")}\n`));
  }
  return count;
}

const address = (i: number): string => `10.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}`;
const target = (i: number): string => `198.51.100.${i % 254}`;
const port = (i: number): number => (i % 50 === 0 ? 0 : 1024 + (i % 60_000));

const ZEEK_FIELDS =
  "ts uid id.orig_h id.orig_p id.resp_h id.resp_p proto service duration orig_bytes resp_bytes conn_state local_orig local_resp missed_bytes history orig_pkts orig_ip_bytes resp_pkts resp_ip_bytes tunnel_parents";
const ZEEK_HEADER = `#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tconn\n#fields\t${ZEEK_FIELDS.replaceAll(" ", "\t")}\n`;

function zeekLine(i: number): string {
  const head = `${(START + i / 1000).toFixed(6)}\tCwAaBbCcDdEeFfGgH${i % 10}\t${address(i)}\t${port(i)}\t${target(i)}\t`;
  return i % 3 === 0
    ? `${head}445\ttcp\t-\t-\t-\t-\tS0\t-\t-\t0\tS\t1\t44\t0\t0\t(empty)`
    : `${head}443\ttcp\tssl\t0.182943\t480\t34266\tSF\t-\t-\t0\tShADadFf\t18\t1212\t38\t35790\t(empty)`;
}

function eveLine(i: number): string {
  const time = new Date((START + i / 1000) * 1000).toISOString().replace("Z", "000+0000");
  const ends = `"src_ip":"${address(i)}","src_port":${port(i)},"dest_ip":"${target(i)}","dest_port":445,"proto":"TCP"`;
  const flow = `"flow":{"pkts_toserver":1,"pkts_toclient":1,"bytes_toserver":60,"bytes_toclient":60,"start":"${time}","end":"${time}","age":0,"state":"closed","reason":"timeout","alerted":false}`;
  return `{"timestamp":"${time}","flow_id":${1_755_937_185_236_459 + i},"in_iface":"eth0","event_type":"flow",${ends},${flow},"tcp":{"tcp_flags":"16","tcp_flags_ts":"02","tcp_flags_tc":"14","syn":true,"rst":true,"ack":true,"state":"closed"}}`;
}

function netfilterLine(i: number): string {
  const stamp = `Nov  2 01:${String(Math.floor(i / 60_000) % 60).padStart(2, "0")}:${String(Math.floor(i / 1000) % 60).padStart(2, "0")}`;
  return `${stamp} gw kernel: [12345.678901] [UFW BLOCK] IN=eth0 OUT= MAC=02:00:00:00:00:01:02:00:00:00:00:02:08:00 SRC=${address(i)} DST=${target(i)} LEN=44 TOS=0x00 PREC=0x00 TTL=52 ID=${i & 0xffff} PROTO=TCP SPT=${port(i)} DPT=445 WINDOW=1024 RES=0x00 SYN URGP=0 `;
}
