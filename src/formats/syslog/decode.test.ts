import { describe, expect, test } from "vitest";
import { PROTOCOL_TCP } from "../../model/protocol.ts";
import { HEAD_BYTES } from "../format.ts";
import { FORMATS } from "../index.ts";
import { MIKROTIK_PACKETS, NETFILTER_PACKETS, OTHER_LINES } from "./inputs.fixture.ts";
import { decodeLines } from "./messages.fixture.ts";
import { kindOfHead } from "./recognise.ts";

/** When the inputs of decodeLines were written. */
const WRITTEN = Date.UTC(2014, 0, 5, 12) / 1000;
const NETFILTER_LINE = `Nov  2 01:02:03 fw kernel: DROP ${NETFILTER_PACKETS.syn}`;
const MIKROTIK_LINE = `Nov  2 01:02:04 router firewall,info drop ${MIKROTIK_PACKETS.portZero}`;

describe("one file of a syslog server", () => {
  test("lines of several firewalls and of other programs: all are read, none is lost, none is a fault", () => {
    const { rows, stats } = decodeLines(
      NETFILTER_LINE,
      ...OTHER_LINES,
      MIKROTIK_LINE,
      NETFILTER_LINE,
      "",
      "  at java.lang.Thread.run(Thread.java:748)",
    );
    expect(rows.map((row) => row.destinationPort)).toEqual([445, 445, 445]);
    expect(rows.map((row) => row.sourcePort)).toEqual([40_000, 0, 40_000]);
    expect(stats).toMatchObject({ records: 3 + OTHER_LINES.length + 1, unparsed: 0 });
    expect(Object.fromEntries(stats.skipped)).toEqual({ "not a firewall record": OTHER_LINES.length + 1 });
  });

  test("a firewall line without a stamp cannot be placed in time", () => {
    const { rows, stats } = decodeLines(NETFILTER_LINE, NETFILTER_PACKETS.syn);
    expect(rows).toHaveLength(1);
    expect(stats.faults).toEqual([{ at: 2, unit: "line", reason: "firewall record without a time stamp" }]);
  });
});

describe("dmesg", () => {
  const at = (uptime: string, text: string): string => `[${uptime.padStart(12)}] ${text}`;

  test("stamps count from a boot that the last line tells: it was new when the input was written", () => {
    const { rows, stats } = decodeLines(
      at("10.500000", "eth0: link becomes ready"),
      at("100.250000", `DROP ${NETFILTER_PACKETS.syn}`),
      at("160.250000", `DROP ${NETFILTER_PACKETS.udp}`),
      at("200.250000", "usb 1-1: new device"),
    );
    expect(rows.map((row) => row.time)).toEqual([WRITTEN - 100, WRITTEN - 40]);
    expect(stats).toMatchObject({ records: 4, unparsed: 0 });
  });

  test("faults keep the number of their line", () => {
    const { stats } = decodeLines(at("1.000000", "a"), at("2.000000", NETFILTER_PACKETS.syn.replace("445", "99999")), at("3.000000", "b"));
    expect(stats.faults).toEqual([{ at: 2, unit: "line", reason: "netfilter: a number does not parse" }]);
  });

  test("what is longer than any ring buffer is read as it comes, within bounded memory", () => {
    const lines = Array.from({ length: 12_000 }, (_, i) => at(`${i}.000000`, NETFILTER_PACKETS.data));
    const { rows, stats } = decodeLines(...lines);
    expect(rows).toHaveLength(12_000);
    expect(stats.unparsed).toBe(0);
    expect(rows.map((row) => row.time)).toEqual(rows.map((row) => row.time).toSorted((a, b) => a - b));
  });
});

describe("journald's JSON", () => {
  const entry = (fields: Record<string, unknown>): string =>
    JSON.stringify({ __CURSOR: "s=1", __REALTIME_TIMESTAMP: "1383354123250000", _HOSTNAME: "fw", SYSLOG_IDENTIFIER: "kernel", ...fields });

  test("a message as text, with escapes, or as octets", () => {
    const { rows, stats } = decodeLines(
      entry({ MESSAGE: NETFILTER_PACKETS.syn }),
      entry({ MESSAGE: `"quoted" \u00e9 DROP ${NETFILTER_PACKETS.syn}` }),
      entry({ MESSAGE: [...new TextEncoder().encode(NETFILTER_PACKETS.syn)] }),
    );
    expect(stats.unparsed).toBe(0);
    expect(rows).toHaveLength(3);
    for (const row of rows) expect(row).toMatchObject({ time: 1_383_354_123.25, protocol: PROTOCOL_TCP, destinationPort: 445 });
  });

  test("what another program repeats, and what is no journal, is no firewall's", () => {
    const { rows, stats } = decodeLines(
      entry({ MESSAGE: `Invalid user ${NETFILTER_PACKETS.syn}`, SYSLOG_IDENTIFIER: "sshd", _PID: "812" }),
      entry({ MESSAGE: null }),
      entry({ MESSAGE: [1, "x", { a: 1 }] }),
      "{",
      JSON.stringify({ MESSAGE: NETFILTER_PACKETS.syn }),
    );
    expect(rows).toEqual([]);
    expect(Object.fromEntries(stats.skipped)).toEqual({ "not a firewall record": 4, "firewall record without a time stamp": 1 });
  });
});

describe("recognition", () => {
  const kind = (...lines: readonly string[]): string | null => kindOfHead(new TextEncoder().encode(`${lines.join("\n")}\n`));

  test("the first firewall line decides, whatever comes before and after it", () => {
    expect(kind(...OTHER_LINES, NETFILTER_LINE, MIKROTIK_LINE)).toBe("netfilter");
    expect(kind(...OTHER_LINES, MIKROTIK_LINE, NETFILTER_LINE)).toBe("mikrotik");
    expect(kind(...OTHER_LINES)).toBe("syslog");
  });

  test("headings, the rest of a line and a byte order mark may come first", () => {
    expect(kind("-- Logs begin at Sat 2013-11-02 01:02:03 UTC, end at Sat 2013-11-02 02:02:03 UTC. --", NETFILTER_LINE)).toBe("netfilter");
    expect(kind("=0x00 SYN URGP=0 ", NETFILTER_LINE)).toBe("netfilter");
    expect(kind(`\uFEFF${NETFILTER_LINE}`)).toBe("netfilter");
  });

  test("a head that ends within its first line", () => {
    expect(kindOfHead(new TextEncoder().encode(NETFILTER_LINE.slice(0, 60)))).toBe("netfilter");
  });

  test.each([
    ["prose", ["Nov was a month of many probes.", "On the 2nd at 01:02:03 it began:", "we saw packets from port zero."]],
    [
      "prose that quotes a line",
      [...Array.from({ length: 30 }, (_, i) => `Paragraph ${i} of an article about firewalls.`), NETFILTER_LINE],
    ],
    ["a table", ["2013-11-02 01:02:03,192.0.2.1,445", "2013-11-02 01:02:04,192.0.2.1,446"]],
    ["nfdump's own lines", ["2013-11-02 01:02:03.500     0.000 TCP      192.0.2.1:40000 ->   198.51.100.2:445          1       60     1"]],
    ["tcpdump's lines", ["1383354123.250000 IP 192.0.2.1.40000 > 198.51.100.2.445: Flags [S], seq 1, win 1024, length 0"]],
    [
      "a web server's error log",
      ["2013/11/02 01:02:03 [error] 123#0: *1 open() failed", "2013/11/02 01:02:04 [error] 123#0: *2 open() failed"],
    ],
    ["an access log", ['192.0.2.1 - - [02/Nov/2013:01:02:03 +0000] "GET / HTTP/1.1" 200 5']],
    ["JSON of others", ['{"timestamp":"2013-11-02T01:02:03.250000+0000","event_type":"flow","src_ip":"192.0.2.1"}']],
    ["text with zero octets", ["\0\0\0\0", NETFILTER_LINE]],
  ])("%s is no syslog", (_, lines) => {
    expect(kind(...lines)).toBeNull();
  });

  test("exactly one format claims any of these", () => {
    for (const lines of [[NETFILTER_LINE], [MIKROTIK_LINE], [...OTHER_LINES], ["[   12.500000] eth0: link becomes ready"]]) {
      const head = new TextEncoder().encode(lines.join("\n")).subarray(0, HEAD_BYTES);
      expect(FORMATS.filter((format) => format.recognises(head)).map((format) => format.name)).toEqual([kindOfHead(head)]);
    }
  });
});
