import { describe, expect, test } from "vitest";
import type { InputSource } from "../model/report.ts";
import { type Reading, readingNotes } from "./reading-notes.ts";

const PROVES = { portsOnTheWire: true, tcpFlags: true, outcome: false, fragments: true, action: true };
const SOUND: InputSource = {
  name: "kern.log",
  format: "netfilter",
  records: 100,
  bytes: 20_000,
  damage: null,
  foreign: 0,
  unparsed: 0,
  faults: [],
  anonymised: false,
  looksLike: null,
  proves: PROVES,
  sampled: null,
};
const ODD: InputSource = {
  ...SOUND,
  unparsed: 60,
  faults: [{ at: 3, unit: "line", reason: "netfilter line cut" }],
  looksLike: "looks like JSON of another kind",
};

const reading = (sources: readonly InputSource[], more: Partial<Reading> = {}): Reading => ({
  sources,
  records: 100,
  skipped: {},
  encapsulations: {},
  lost: {},
  live: [],
  unreadable: [],
  passedOver: [],
  ...more,
});
const options = { quiet: false, verbose: false, done: "assessed", seconds: 2 };

describe("readingNotes", () => {
  test("where all went well it says nothing", () => {
    expect(readingNotes(reading([SOUND]), options)).toEqual([]);
  });

  test("an input of which much does not parse is told of, with its first fault and what it looks like", () => {
    expect(readingNotes(reading([ODD]), options)).toEqual([
      "precursor: kern.log: 60 of 100 records do not parse as netfilter (first at line 3: netfilter line cut): the input looks like JSON of another kind; --input-format names another",
    ]);
    expect(readingNotes(reading([ODD]), { ...options, quiet: true })).toEqual([]);
  });

  test("damage is told unless nobody wants to hear, or nothing could be read", () => {
    const damage = { offset: 7, reason: "the input ends inside a record" };
    const cut = reading([{ ...SOUND, damage }]);
    expect(readingNotes(cut, options)[0]).toBe(
      "precursor: kern.log: damaged at octet 7: the input ends inside a record; the 100 records before it were assessed (E_INPUT_DAMAGED)",
    );
    expect(readingNotes(cut, { ...options, quiet: true })).toEqual([]);
    expect(readingNotes(reading([{ ...SOUND, records: 0, damage }]), { ...options, quiet: true })[0]).toContain("no record could be read");
  });

  test("--verbose tells the first faults, the rest of them by number, sampling, losses and what was skipped", () => {
    const notes = readingNotes(
      reading([{ ...ODD, sampled: { records: 40, least: 100, greatest: 1000 } }], {
        lost: { "NetFlow v5 records": 12 },
        skipped: { "not a firewall record": 5 },
        passedOver: ["README"],
      }),
      { ...options, verbose: true },
    ).join("\n");
    for (const words of [
      "kern.log: line 3: netfilter line cut",
      "59 further records that do not parse",
      "40 records sampled 1 in 100 to 1 in 1000",
      "lost on the way: 12 NetFlow v5 records",
      "skipped: 5 not a firewall record",
      "README: passed over",
      "assessed in 2.0 s: 50 records/s, 10.0 kB/s",
    ])
      expect(notes).toContain(words);
  });

  test("files passed over are one line, however many", () => {
    expect(readingNotes(reading([SOUND], { passedOver: ["logs/README"] }), options)).toHaveLength(1);
    expect(readingNotes(reading([SOUND], { passedOver: ["a", "b", "c"] }), options)).toEqual([
      "precursor: 3 files of folders are empty or of no format that Precursor reads, and were passed over: a and others (--verbose names them)",
    ]);
  });
});
