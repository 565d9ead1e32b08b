import { describe, expect, test } from "vitest";
import { FRAGMENT_FIRST, FRAGMENT_NONE, ObservationBatch, RECORD_FLOW, RECORD_PACKET } from "../model/observation.ts";
import { decodeBytes } from "./decode-bytes.ts";
import { ObservationWriter } from "./format.ts";
import { markReassembled } from "./record-row.ts";

describe("datagrams in records", () => {
  test("larger than a packet were put together from fragments; packets are what they are", () => {
    const batch = new ObservationBatch(1);
    const isPutTogether = (record: number, packets: number, octets: number): boolean => {
      batch.record[0] = record;
      batch.packets[0] = packets;
      batch.bytes[0] = octets;
      batch.fragment[0] = FRAGMENT_NONE;
      markReassembled(batch, 0);
      return batch.fragment[0] === FRAGMENT_FIRST;
    };
    expect(isPutTogether(RECORD_FLOW, 2, 6600)).toBe(true);
    expect(isPutTogether(RECORD_FLOW, 2, 3000)).toBe(false);
    expect(isPutTogether(RECORD_PACKET, 1, 9000)).toBe(false);
  });

  test("where packets were not counted nothing is known of their size", () => {
    expect(fragmentsOf({ orig_pkts: 1, orig_ip_bytes: 3300 })).toEqual([FRAGMENT_FIRST]);
    expect(fragmentsOf({ orig_bytes: 3300 })).toEqual([FRAGMENT_NONE]);
  });
});

/** Of the rows of one UDP connection in Zeek's JSON. */
function fragmentsOf(counts: Readonly<Record<string, number>>): number[] {
  const ends = { "id.orig_h": "192.0.2.1", "id.orig_p": 53, "id.resp_h": "198.51.100.9", "id.resp_p": 40_000 };
  const line = JSON.stringify({
    ts: 1_383_354_000.5,
    uid: "CwAaBbCcDdEeFfGgH1",
    ...ends,
    proto: "udp",
    conn_state: "S0",
    history: "D",
    ...counts,
  });
  const fragments: number[] = [];
  const writer = new ObservationWriter(new ObservationBatch(4), (batch) => {
    fragments.push(...batch.fragment.subarray(0, batch.length));
    batch.length = 0;
    return batch;
  });
  decodeBytes(new TextEncoder().encode(`${line}\n`), writer);
  return fragments;
}
