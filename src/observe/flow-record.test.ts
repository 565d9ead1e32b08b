/** What records of whole directions come to: probes, refusals, half-open and completed connections, and answers that nobody asked for. */
import { describe, expect, test } from "vitest";
import { ObservationWriter } from "../formats/format.ts";
import { commitRow, startRow } from "../formats/record-row.ts";
import {
  type Activity,
  CLASS_NULL,
  CLASS_RECEIVED,
  CLASS_RST_SENT,
  CLASS_SERVED,
  CLASS_STRAY,
  CLASS_SYN,
  CLASS_SYN_ACK_SENT,
  CLASS_XMAS,
  OUTCOME_ANSWERED,
  OUTCOME_COMPLETED,
  OUTCOME_DATA,
  OUTCOME_REFUSED,
} from "../model/activity.ts";
import {
  ACTION_DENIED,
  ACTION_UNKNOWN,
  FLAGS_UNKNOWN,
  GRADE_CONFIRMED,
  GRADE_UNCONFIRMED,
  ObservationBatch,
  RECORD_FLOW,
} from "../model/observation.ts";
import { PROTOCOL_TCP, TCP_ACK, TCP_FIN, TCP_PSH, TCP_RST, TCP_SYN, TCP_URG } from "../model/protocol.ts";
import { Observer } from "./index.ts";

const CLIENT = 0x0a000001;
const SERVER = 0xc0000201;
const CLIENT_TEXT = "10.0.0.1";
const SERVER_TEXT = "192.0.2.1";

interface Flow {
  readonly back?: boolean;
  readonly flags: number;
  readonly packets?: number;
  readonly time?: number;
  readonly duration?: number;
  readonly clientPort?: number;
  readonly serverPort?: number;
  readonly action?: number;
  readonly grade?: number;
}

function observerOf(flows: readonly Flow[]): Observer {
  const observer = new Observer();
  const writer = new ObservationWriter(new ObservationBatch(4), (batch) => {
    observer.observe(batch);
    batch.length = 0;
    return batch;
  });
  for (const flow of flows) {
    const row = startRow(writer);
    const { batch } = writer;
    const { back = false, clientPort = 40_000, serverPort = 445 } = flow;
    batch.time[row] = flow.time ?? 1000;
    batch.duration[row] = flow.duration ?? 0;
    batch.source[row] = back ? SERVER : CLIENT;
    batch.destination[row] = back ? CLIENT : SERVER;
    batch.sourcePort[row] = back ? serverPort : clientPort;
    batch.destinationPort[row] = back ? clientPort : serverPort;
    batch.protocol[row] = PROTOCOL_TCP;
    batch.tcpFlags[row] = flow.flags;
    batch.packets[row] = flow.packets ?? 1;
    batch.record[row] = RECORD_FLOW;
    batch.action[row] = flow.action ?? ACTION_UNKNOWN;
    batch.grade[row] = flow.grade ?? GRADE_UNCONFIRMED;
    commitRow(writer);
  }
  writer.flush();
  return observer;
}

function observe(flows: readonly Flow[]): Activity {
  return observerOf(flows).finish();
}

/** Class → [packets, outcome of its one contact]. */
function classesOf(activity: Activity, address: string): Map<number, [packets: number, outcome: number]> {
  const classes = new Map<number, [number, number]>();
  activity.visitAddress(address, (source) => {
    classes.set(source.trafficClass, [source.packets, source.contacts().outcome[0] ?? -1]);
  });
  return classes;
}

const SYN_ACK = TCP_SYN | TCP_ACK;
const WHOLE = SYN_ACK | TCP_PSH | TCP_FIN;

describe("TCP records of one direction", () => {
  test("a lone SYN, however often repeated, is a probe for as long as it went on", () => {
    const activity = observe([{ flags: TCP_SYN, packets: 3, duration: 7 }]);
    expect(classesOf(activity, CLIENT_TEXT)).toEqual(new Map([[CLASS_SYN, [3, 0]]]));
    activity.visitAddress(CLIENT_TEXT, (source) => expect(source.lastSeen - source.firstSeen).toBe(7));
  });

  test("Xmas stays Xmas", () => {
    expect([...classesOf(observe([{ flags: TCP_FIN | TCP_PSH | TCP_URG }]), CLIENT_TEXT).keys()]).toEqual([CLASS_XMAS]);
  });

  test("a refusal is the server's deed and the prober's outcome", () => {
    const activity = observe([{ flags: TCP_SYN }, { back: true, flags: TCP_RST | TCP_ACK, time: 1000.1 }]);
    expect(classesOf(activity, CLIENT_TEXT).get(CLASS_SYN)).toEqual([1, OUTCOME_REFUSED]);
    expect(classesOf(activity, SERVER_TEXT).get(CLASS_RST_SENT)?.[0]).toBe(1);
  });

  test.each([
    ["in the order of time", false],
    ["answers first", true],
  ])("half open, %s: answered and not completed", (_, reversed) => {
    const flows = [
      { flags: TCP_SYN | TCP_RST, packets: 2 },
      { back: true, flags: SYN_ACK, time: 1000.1 },
    ];
    const activity = observe(reversed ? flows.toReversed() : flows);
    expect(classesOf(activity, CLIENT_TEXT).get(CLASS_SYN)).toEqual([2, OUTCOME_ANSWERED]);
    expect(classesOf(activity, SERVER_TEXT).has(CLASS_SYN)).toBe(false);
  });

  test("a whole connection is its opener's, completed, with data", () => {
    const activity = observe([
      { back: true, flags: WHOLE, packets: 6, time: 1000.2 },
      { flags: WHOLE, packets: 8, time: 1000.1 },
    ]);
    expect(classesOf(activity, CLIENT_TEXT)).toEqual(new Map([[CLASS_SYN, [8, OUTCOME_ANSWERED | OUTCOME_COMPLETED | OUTCOME_DATA]]]));
    expect([...classesOf(activity, SERVER_TEXT).keys()]).toEqual([CLASS_SERVED]);
  });

  test("at the same instant the service answers", () => {
    const activity = observe([
      { flags: WHOLE, packets: 8 },
      { back: true, flags: WHOLE, packets: 6 },
    ]);
    expect(classesOf(activity, CLIENT_TEXT).has(CLASS_SYN)).toBe(true);
    expect(classesOf(activity, SERVER_TEXT).has(CLASS_SYN)).toBe(false);
  });

  test("an answer alone is backscatter, and its receiver no prober", () => {
    const activity = observe([{ back: true, flags: SYN_ACK, packets: 2 }]);
    expect([...classesOf(activity, SERVER_TEXT).keys()]).toEqual([CLASS_SYN_ACK_SENT]);
    expect([...classesOf(activity, CLIENT_TEXT).keys()]).toEqual([CLASS_RECEIVED]);
  });

  test("the rest of a long connection is a stray, whichever side it is", () => {
    for (const back of [false, true]) {
      const activity = observe([{ back, flags: TCP_ACK | TCP_PSH | TCP_FIN, packets: 40 }]);
      expect([...classesOf(activity, back ? SERVER_TEXT : CLIENT_TEXT).keys()]).toEqual([CLASS_STRAY]);
    }
  });
});

describe("TCP records without flags", () => {
  test("denied: the first packet of something", () => {
    expect([...classesOf(observe([{ flags: FLAGS_UNKNOWN, action: ACTION_DENIED }]), CLIENT_TEXT).keys()]).toEqual([CLASS_SYN]);
  });

  test("denied on its way from a service: an answer, to forged packets or such as went another way, and no probe", () => {
    for (const [serverPort, clientPort] of [
      [80, 40_000],
      [25_565, 0],
    ] as const) {
      const activity = observe([{ back: true, flags: FLAGS_UNKNOWN, action: ACTION_DENIED, serverPort, clientPort }]);
      expect([...classesOf(activity, SERVER_TEXT).keys()]).toEqual([CLASS_STRAY]);
    }
  });

  test("few packets and no answer: a probe; from a service, or many: a stray", () => {
    expect([...classesOf(observe([{ flags: FLAGS_UNKNOWN, packets: 3 }]), CLIENT_TEXT).keys()]).toEqual([CLASS_SYN]);
    expect([...classesOf(observe([{ flags: FLAGS_UNKNOWN, packets: 300 }]), CLIENT_TEXT).keys()]).toEqual([CLASS_STRAY]);
    expect([...classesOf(observe([{ back: true, flags: FLAGS_UNKNOWN }]), SERVER_TEXT).keys()]).toEqual([CLASS_STRAY]);
  });

  test("are known for what they are, merged too; a bare SYN beside is not", () => {
    const untold = (activity: Activity): number[] => {
      const found: number[] = [];
      activity.visitAddress(CLIENT_TEXT, (view) => found.push(view.contacts().flagsUntold));
      return found;
    };
    expect(untold(observe([{ flags: FLAGS_UNKNOWN, action: ACTION_DENIED }]))).toEqual([1]);
    expect(untold(observe([{ flags: FLAGS_UNKNOWN, packets: 3 }]))).toEqual([1]);
    expect(untold(observe([{ flags: TCP_SYN }]))).toEqual([0]);
    expect(untold(observe([{ flags: TCP_SYN | TCP_ACK, packets: 9 }]))).toEqual([0]);
    const merged = observerOf([{ flags: TCP_SYN }]);
    merged.merge(observerOf([{ flags: FLAGS_UNKNOWN, serverPort: 22 }]));
    expect(untold(merged.finish())).toEqual([1]);
  });

  test("one packet each way was answered or refused, and not used", () => {
    const activity = observe([{ flags: FLAGS_UNKNOWN }, { back: true, flags: FLAGS_UNKNOWN, time: 1000.1 }]);
    expect(classesOf(activity, CLIENT_TEXT).get(CLASS_SYN)).toEqual([1, OUTCOME_ANSWERED]);
  });
});

describe("port zero of records", () => {
  test("unconfirmed never counts as confirmed; flags beside it are told", () => {
    const { portZero } = observe([
      { flags: TCP_SYN, clientPort: 0, packets: 5 },
      { flags: FLAGS_UNKNOWN, clientPort: 0, serverPort: 0, packets: 7 },
    ]);
    expect(portZero.tcp).toEqual({ source: 0, destination: 0, both: 0 });
    expect(portZero.unconfirmed).toMatchObject({ tcp: { source: 5, destination: 0, both: 7 }, flagged: 5 });
    expect(portZero.sources).toBe(0);
  });

  test("0 -> 0 without flags may be later fragments: counted, and no probe unless the header was read", () => {
    const zeros = { flags: 0, clientPort: 0, serverPort: 0 };
    expect([...classesOf(observe([zeros]), CLIENT_TEXT).keys()]).toEqual([]);
    expect([...classesOf(observe([{ ...zeros, grade: GRADE_CONFIRMED }]), CLIENT_TEXT).keys()]).toEqual([CLASS_NULL]);
  });

  test("a whole direction with its SYN is no answer", () => {
    const { portZero } = observe([{ flags: WHOLE, packets: 9, clientPort: 0, grade: GRADE_CONFIRMED }]);
    expect(portZero).toMatchObject({ tcp: { source: 9, destination: 0, both: 0 }, replies: 0, oddFlags: 0, sources: 1 });
  });
});
