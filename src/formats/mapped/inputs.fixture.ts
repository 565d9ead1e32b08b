/** Tables with the mappings that read them. Formats by a mapping are none of the list that an input is recognised by, so their inputs stand apart. */
import { parquetWriteBuffer } from "hyparquet-writer";
import type { FormatInput } from "../conformance.fixture.ts";
import { mappedFormat } from "./mapped-format.ts";
import { mappingWith, placeOf } from "./mapping.fixture.ts";

const FIELDS = {
  time: "ts",
  source: "src",
  destination: "dst",
  sourcePort: "sport",
  destinationPort: "dport",
  protocol: "proto",
  packets: "pkts",
  bytes: "octets",
  tcpFlags: "flags",
  action: "verdict",
} as const;

const CSV = `ts,proto,src,sport,dst,dport,pkts,octets,flags,verdict
1383354000.5,tcp,198.51.100.7,0,192.0.2.1,445,1,60,S,DROP
1383354001,17,"2001:db8::1",53,2001:db8::2,5353,3,300,,accept
1383354002,icmp,192.0.2.1,-,198.51.100.7,-,1,84,-,"a ""word"""
`;

const JSON_LINES = `{"time":"2013-11-02T01:00:00.5Z","end":"2013-11-02T01:00:02Z","ends":{"from":"192.0.2.1","to":"198.51.100.2"},"ports":{"from":0,"to":445},"proto":"TCP","sent":[1,60],"out":1,"in":1,"flags":"SYN","answer":"0x14"}
{"time":"2013-11-02T01:00:03Z","end":null,"ends":{"from":"2001:db8::1","to":"2001:db8::2"},"proto":58,"out":2,"in":0}
`;

const text = (content: string): Uint8Array => new TextEncoder().encode(content);

/** One of each kind of record that a mapping reads. */
export const MAPPED_INPUTS: readonly FormatInput[] = [
  { name: "CSV by a mapping", format: mappedFormat("mapped CSV", mappingWith(FIELDS)), bytes: text(CSV) },
  {
    name: "JSON lines by a mapping",
    format: mappedFormat(
      "mapped JSON",
      mappingWith(
        {
          time: { place: placeOf("time"), unit: "iso" },
          end: { place: placeOf("end"), unit: "iso" },
          source: ["ends", "from"],
          destination: ["ends", "to"],
          sourcePort: ["ports", "from"],
          destinationPort: ["ports", "to"],
          protocol: "proto",
          packets: "out",
          reversePackets: "in",
          tcpFlags: "flags",
          reverseTcpFlags: "answer",
        },
        { records: "json" },
      ),
    ),
    bytes: text(JSON_LINES),
  },
  ...(["UNCOMPRESSED", "SNAPPY"] as const).map((codec) => ({
    name: `Parquet by a mapping, ${codec}`,
    format: mappedFormat("mapped Parquet", mappingWith({ ...FIELDS, time: { place: placeOf("ts"), unit: "ms" } }, { records: "parquet" })),
    bytes: new Uint8Array(
      parquetWriteBuffer({
        codec,
        columnData: [
          { name: "ts", data: [1_383_354_000_500, 1_383_354_001_000, 1_383_354_002_000], type: "DOUBLE" },
          { name: "src", data: ["198.51.100.7", "2001:db8::1", "192.0.2.1"], type: "STRING" },
          { name: "dst", data: ["192.0.2.1", "2001:db8::2", "198.51.100.7"], type: "STRING" },
          { name: "proto", data: ["tcp", "17", "icmp"], type: "STRING" },
          { name: "sport", data: [0, 53, null], type: "INT32" },
          { name: "dport", data: [445, 5353, null], type: "INT32" },
          { name: "pkts", data: [1n, 3n, 1n], type: "INT64" },
          { name: "octets", data: [60n, 300n, 84n], type: "INT64" },
          { name: "flags", data: ["S", "", "-"], type: "STRING" },
          { name: "verdict", data: ["DROP", "accept", null], type: "STRING" },
        ],
      }),
    ),
  })),
];
