import { existsSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { freshContext } from "../format.ts";
import { Envelope, NO_TIME } from "./envelope.ts";

const SAMPLES = new URL("../../../../shared/samples/", import.meta.url);
/** When the inputs of these tests were written. */
const WRITTEN = Date.UTC(2014, 0, 5, 12) / 1000;
const NOV_2 = Date.UTC(2013, 10, 2, 1, 2, 3) / 1000;

interface Parts {
  readonly time: number;
  readonly uptime: number;
  readonly host: string;
  readonly program: string;
  readonly message: string;
}

function open(line: string, writtenAt: number = WRITTEN): Parts | null {
  const bytes = new TextEncoder().encode(line);
  // What stands behind the line in the buffer must not matter
  const roomy = new Uint8Array(bytes.length + 64).fill(0x3a);
  roomy.set(bytes);
  const envelope = new Envelope(freshContext(writtenAt));
  const stamped = envelope.read(roomy, 0, bytes.length);
  const text = (start: number, end: number): string => new TextDecoder().decode(envelope.bytes.subarray(start, end));
  if (!stamped) return null;
  return {
    time: envelope.time,
    uptime: envelope.uptime,
    host: text(envelope.hostStart, envelope.hostEnd),
    program: text(envelope.programStart, envelope.programEnd),
    message: text(envelope.message, envelope.end),
  };
}

describe("real lines", () => {
  test("every line of the samples has a stamp, and its message is what the firewall wrote", () => {
    const names = [
      "iptables-logs/elastic-beats-iptables.log",
      "other-fw-logs/pf-scan-multi-port.log",
      "other-fw-logs/mikrotik-scan-multi_ports.log",
    ];
    for (const name of names) {
      const path = new URL(name, SAMPLES);
      if (!existsSync(path)) {
        console.warn(`skipped: ${name} is absent`);
        continue;
      }
      for (const line of readFileSync(path, "utf8").split("\n")) {
        if (line === "") continue;
        const parts = open(line);
        expect(parts?.time, line).toBeGreaterThan(0);
        expect(parts?.message, line).toMatch(/^(?:\[.*\] ?|iptables DROP_INPUT: )?(?:IN=|\d+,|firewall,info )/);
      }
    }
  });
});

describe("stamps", () => {
  const EXPECTED = { time: NOV_2, uptime: NO_TIME, host: "fw", program: "prog", message: "msg" };
  test.each([
    ["BSD", "Nov  2 01:02:03 fw prog[12]: msg", {}],
    ["BSD with priority", "<134>Nov  2 01:02:03 fw prog: msg", {}],
    ["BSD with a day of two digits (journalctl -o short)", "Nov 02 01:02:03 fw prog[12]: msg", {}],
    ["journalctl -o short-precise", "Nov 02 01:02:03.250000 fw prog[12]: msg", { time: NOV_2 + 0.25 }],
    ["with a year", "Nov 02 2013 01:02:03 fw prog: msg", {}],
    ["ISO with an offset (rsyslog)", "2013-11-02T02:02:03.500000+01:00 fw prog: msg", { time: NOV_2 + 0.5 }],
    ["ISO without a colon in its offset (journalctl -o short-iso)", "2013-11-01T20:02:03-0500 fw prog[1]: msg", {}],
    ["ISO in UTC", "<6>2013-11-02T01:02:03Z fw prog: msg", {}],
    ["ISO without a zone", "2013-11-02T01:02:03 fw prog: msg", {}],
    ["RouterOS's own files", "nov/02/2013 01:02:03 fw prog: msg", {}],
    ["RouterOS's own files, of this year", "nov/02 01:02:03 fw prog: msg", {}],
    ["ISO with spaces", "2013-11-02 01:02:03 fw prog: msg", {}],
    ["journalctl -o short-full", "Sat 2013-11-02 01:02:03 UTC fw prog[1]: msg", {}],
    ["journalctl -o short-unix", "1383354123.125000 fw prog[1]: msg", { time: NOV_2 + 0.125 }],
    ["RFC 5424", "<134>1 2013-11-02T01:02:03.123Z fw prog 12 ID47 - msg", { time: NOV_2 + 0.123 }],
    ["RFC 5424 with structured data", String.raw`<134>1 2013-11-02T01:02:03Z fw prog - - [a b="]\"["][c d=""] msg`, {}],
    ["RFC 5424 with a byte order mark", "<134>1 2013-11-02T01:02:03Z fw prog - - - \uFEFFmsg", {}],
    ["RFC 5424 framed by octet count", "64 <134>1 2013-11-02T01:02:03Z fw prog - - - msg", {}],
    ["RFC 5424 without names", "<134>1 2013-11-02T01:02:03Z - - - - - msg", { host: "", program: "" }],
    ["no host", "Nov  2 01:02:03 prog[5]: msg", { host: "" }],
    ["no program", "Nov  2 01:02:03 fw msg", { program: "" }],
    ["dmesg", "[12345.500000] msg", { time: NO_TIME, uptime: 12_345.5, host: "", program: "" }],
    ["dmesg just after boot", "[    0.250000] msg", { time: NO_TIME, uptime: 0.25, host: "", program: "" }],
    ["dmesg with the caller", "[   10.250000][  T123] msg", { time: NO_TIME, uptime: 10.25, host: "", program: "" }],
    ["dmesg -r", "<4>[   10.250000] msg", { time: NO_TIME, uptime: 10.25, host: "", program: "" }],
    ["dmesg -x", "kern  :warn  : [   10.250000] msg", { time: NO_TIME, uptime: 10.25, host: "", program: "" }],
    ["dmesg -T", "[Sat Nov  2 01:02:03 2013] msg", { host: "", program: "" }],
    ["dmesg --time-format iso", "2013-11-02T01:02:03,500000+00:00 prog: msg", { time: NOV_2 + 0.5, host: "" }],
    [
      "Cisco, clock never set",
      "*Nov  2 01:02:03.125 UTC: %SEC-6-X: msg",
      { time: NOV_2 + 0.125, host: "", program: "", message: "%SEC-6-X: msg" },
    ],
    ["Cisco with a sequence number", "<189>000123: Nov  2 01:02:03: %SEC-6-X: m", { host: "", program: "", message: "%SEC-6-X: m" }],
    ["Cisco in a zone", "000123: Nov  1 20:02:03 EST: %SEC-6-X: m", { host: "", program: "", message: "%SEC-6-X: m" }],
    ["Cisco with its name", "<189>45: rtr: 000123: .Nov  2 01:02:03.000: %SEC-6-X: m", { host: "", program: "", message: "%SEC-6-X: m" }],
    ["Cisco through a relay", "Nov  2 01:02:03 fw 45: *Nov  1 23:59:59.9: %SEC-6-X: m", { program: "45", message: "%SEC-6-X: m" }],
    ["Cisco without numbers", "<189>: Nov  2 2013 01:02:03: %SEC-6-X: m", { host: "", program: "", message: "%SEC-6-X: m" }],
    [
      "Cisco with its name and one number",
      "<182>: rtr: 115649616: Nov  2 02:02:03 CET: %SEC-6-X: m",
      { host: "", program: "", message: "%SEC-6-X: m" },
    ],
    ["Cisco Nexus", "<189>: 2013 Nov  1 20:02:03 EST: %ACLLOG-5-X: m", { host: "", program: "", message: "%ACLLOG-5-X: m" }],
    ["Cisco Nexus in its own file", "2013 Nov  2 01:02:03 fw %ACLLOG-5-X: m", { program: "", message: "%ACLLOG-5-X: m" }],
    ["ASA", "<166>Nov 02 2013 01:02:03: %ASA-6-302013: m", { host: "", program: "", message: "%ASA-6-302013: m" }],
    ["ASA with device-id", "<166>Nov 02 2013 01:02:03 fw : %ASA-6-302013: m", { program: "", message: "%ASA-6-302013: m" }],
    ["ASA without a colon", "Nov  2 01:02:03 fw %ASA-6-302013: m", { program: "", message: "%ASA-6-302013: m" }],
  ] as const)("%s", (_, line, differs) => {
    expect(open(line)).toEqual({ ...EXPECTED, ...differs });
  });

  test.each([
    "",
    "msg",
    "November 2 was a fine day: really",
    "Nov 32 01:02:03 fw prog: msg",
    "Feb 30 01:02:03 fw prog: msg",
    "Nov  2 24:02:03 fw prog: msg",
    "Nov  2 01:02 fw prog: msg",
    "2013-13-02T01:02:03 fw prog: msg",
    "2013-02-29T01:02:03 fw prog: msg",
    "2013-11-02T01:02:03,1.026,tcp,1.2.3.4",
    "2013/11/02 01:02:03.500,1.026,tcp",
    "1383354123 fw prog: msg",
    "2013 was a good year: msg",
    "0013 Nov  2 01:02:03 fw prog: msg",
    "<134>1 - fw prog - - - msg",
    "<999>1 2013-11-02 fw prog - - - msg",
    "[12345] msg",
    "[a.b] msg",
  ])("none in %j", (line) => {
    expect(open(line)).toBeNull();
  });
});

describe("years that stamps do not tell", () => {
  const day = (stamp: string, writtenAt: string): string =>
    new Date((open(`${stamp} 01:02:03 fw prog: msg`, Date.parse(writtenAt) / 1000)?.time ?? 0) * 1000).toISOString().slice(0, 10);

  test("a log that runs over new year counts back", () => {
    expect(day("Dec 31", "2014-01-05T12:00:00Z")).toBe("2013-12-31");
    expect(day("Jan  5", "2014-01-05T12:00:00Z")).toBe("2014-01-05");
  });

  test("clocks may run ahead by a day, and no more", () => {
    expect(day("Jan  6", "2014-01-05T12:00:00Z")).toBe("2014-01-06");
    expect(day("Jan  6", "2014-01-05T00:30:00Z")).toBe("2013-01-06");
    expect(day("Jan  1", "2013-12-31T12:00:00Z")).toBe("2014-01-01");
  });

  test("29 February is of a leap year", () => {
    expect(day("Feb 29", "2014-01-05T12:00:00Z")).toBe("2012-02-29");
    expect(day("Feb 29", "2012-02-28T00:30:00Z")).toBe("2008-02-29");
  });
});

test("any line is taken apart within its bounds", () => {
  const pieces = fc.constantFrom(
    "Nov  2 01:02:03",
    "<134>",
    "1 ",
    "2013-11-02T01:02:03Z",
    " ",
    ":",
    "[",
    "]",
    '"',
    "\\",
    "%",
    "*",
    "7",
    "kern  :",
    "[12.345678]",
    "a",
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 12 }), fc.integer({ min: 0, max: 9 }), (parts, cut) => {
      const line = parts.join("").slice(cut);
      const bytes = new TextEncoder().encode(`${line}: %[Z`);
      const envelope = new Envelope(freshContext(WRITTEN));
      const end = new TextEncoder().encode(line).length;
      envelope.read(bytes, 0, end);
      const offsets = [0, envelope.hostStart, envelope.hostEnd, envelope.programStart, envelope.programEnd, envelope.message, end];
      expect(offsets).toEqual(offsets.toSorted((a, b) => a - b));
    }),
    { numRuns: 3000 },
  );
});
