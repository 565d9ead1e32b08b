import { describe, expect, test } from "vitest";
import { parseIPv4 } from "../src/model/address.ts";
import { FLAGS_UNKNOWN, ObservationBatch } from "../src/model/observation.ts";
import { PROTOCOL_TCP, TCP_ACK, TCP_RST, TCP_SYN } from "../src/model/protocol.ts";
import { NetfilterLog } from "./netfilter-log.ts";

type Row = readonly [from: string, sourcePort: number, to: string, destinationPort: number, flags: number];

function logOf(home: readonly string[], rows: readonly Row[]): string[] {
  const batch = new ObservationBatch(16);
  rows.forEach(([from, sourcePort, to, destinationPort, flags], row) => {
    batch.time[row] = Date.UTC(2013, 10, 2, 1, 0, row) / 1000;
    batch.family[row] = 4;
    batch.protocol[row] = PROTOCOL_TCP;
    batch.source[row] = parseIPv4(from) ?? 0;
    batch.destination[row] = parseIPv4(to) ?? 0;
    batch.sourcePort[row] = sourcePort;
    batch.destinationPort[row] = destinationPort;
    batch.tcpFlags[row] = flags;
    batch.bytes[row] = 44;
    batch.window[row] = 1024;
    batch.ttl[row] = 50;
  });
  batch.length = rows.length;
  const log = new NetfilterLog(home);
  log.add(batch);
  return log.lines();
}

const OUTSIDE = "198.51.100.7";
const INSIDE = "192.0.2.1";

describe("the firewall's log", () => {
  test("has a line, in the kernel's form, for a SYN that is refused, port zero and all", () => {
    const lines = logOf(
      ["192.0.2.0/24"],
      [
        [OUTSIDE, 0, INSIDE, 445, TCP_SYN],
        [INSIDE, 445, OUTSIDE, 0, TCP_RST | TCP_ACK],
      ],
    );
    expect(lines).toEqual([
      "Nov  2 01:00:00 lab kernel: [354000.000000] DROP IN=eth0 OUT= MAC=02:00:00:00:00:01:02:00:00:00:00:02:08:00 SRC=198.51.100.7 DST=192.0.2.1 LEN=44 TOS=0x00 PREC=0x00 TTL=50 ID=0 PROTO=TCP SPT=0 DPT=445 WINDOW=1024 RES=0x00 SYN URGP=0 ",
    ]);
  });
  test("has none for a connection that was let in, and none for what the inside opened", () => {
    expect(
      logOf(
        ["192.0.2.0/24"],
        [
          [OUTSIDE, 4000, INSIDE, 80, TCP_SYN],
          [INSIDE, 80, OUTSIDE, 4000, TCP_SYN | TCP_ACK],
          [OUTSIDE, 4000, INSIDE, 80, TCP_ACK],
          [INSIDE, 5000, OUTSIDE, 443, TCP_SYN],
        ],
      ),
    ).toEqual([]);
  });
  test("has a line for an answer that nobody asked for", () => {
    expect(logOf(["192.0.2.0/24"], [[OUTSIDE, 80, INSIDE, 3000, TCP_SYN | TCP_ACK]])).toHaveLength(1);
  });
  test("takes flags that were not seen", () => {
    expect(logOf([], [[OUTSIDE, 80, INSIDE, 3000, FLAGS_UNKNOWN]])).toHaveLength(1);
  });
});
