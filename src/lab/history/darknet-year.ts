/**
 * A year of what a darknet of 65,536 addresses is sent: about a thousand million packets, with days and weeks in them, and the event of
 * 2 November 2013 (three hours of TCP with source port zero). Any interval is made from the seed alone.
 */
import { ACTIVITY_TECHNIQUES, type ActivityTechnique } from "../../model/history.ts";
import { PROTOCOL_ICMP, PROTOCOL_TCP } from "../../model/protocol.ts";
import { mix32, mixPair } from "../../sketch/hash.ts";
import { Random } from "../random.ts";
import { addressOf, BOTS, type Crowd, isAtWork, PINGERS, SCANNERS, senderAt, VICTIMS } from "./darknet-senders.ts";
import { type Habit, habitOf } from "./port-habits.ts";

const HOUR = 3600;
const DAY = 86_400;

/** The year ends a week after the event. */
export const YEAR_END = Date.UTC(2013, 10, 10) / 1000;
export const YEAR_DAYS = 365;
/** Packets an interval: 1.03 thousand million a year. */
export const MEAN_PACKETS = 9800;
/** Most that one interval can have. */
export const MOST_PACKETS = 1 << 16;
export const EVENT_START = Date.UTC(2013, 10, 2, 1) / 1000;
export const EVENT_END = Date.UTC(2013, 10, 2, 4) / 1000;

/** 198.18.0.0/16: of the range for benchmarks (RFC 2544), which nobody has. */
export const DARKNET = 0xc612_0000;
/** Strength of the daily wave exp(s · cos), the hour of its peak, and what Saturday and Sunday have of a working day. */
const DAILY = 0.22;
const PEAK_HOUR = 14;
const WEEKDAYS = [1.02, 1.03, 1.03, 1.02, 1.01, 0.95, 0.94];
/** Of the level, as standard deviations of its logarithm: from day to day, and within an hour. */
const DAY_SPREAD = 0.1;
const INTERVAL_SPREAD = 0.05;
/** Packets of TCP with source port zero, an interval, and the places of those that send them: on ordinary days, and in the event. */
const ORDINARY_ZERO = { packets: 24, places: 12 } as const;
const EVENT_ZERO = { packets: 120, places: 60 } as const;

/** Packets of one interval in columns, valid up to `length`; reused for the next. */
export interface Packets {
  length: number;
  readonly source: Uint32Array;
  readonly target: Uint32Array;
  readonly protocol: Uint8Array;
  readonly sourcePort: Int32Array;
  /** Destination port; of ICMP the type. */
  readonly port: Int32Array;
  /** Index in ACTIVITY_TECHNIQUES. */
  readonly technique: Uint8Array;
}

export function emptyPackets(): Packets {
  return {
    length: 0,
    source: new Uint32Array(MOST_PACKETS),
    target: new Uint32Array(MOST_PACKETS),
    protocol: new Uint8Array(MOST_PACKETS),
    sourcePort: new Int32Array(MOST_PACKETS),
    port: new Int32Array(MOST_PACKETS),
    technique: new Uint8Array(MOST_PACKETS),
  };
}

const codeOf = (technique: ActivityTechnique): number => ACTIVITY_TECHNIQUES.indexOf(technique);
const SYN = codeOf("tcp-syn");
const UDP = codeOf("udp");
const ICMP = codeOf("icmp");
const BACKSCATTER = codeOf("backscatter");
const ODD = [codeOf("tcp-fin"), codeOf("tcp-null"), codeOf("tcp-xmas"), codeOf("tcp-ack"), codeOf("tcp-odd")];
/** Of TCP scanners, one in so many sends flags that no connection begins with. */
const ODD_ONE_IN = 120;
/** Services whose victims answer. */
const SERVED = [80, 443, 80, 53, 25_565, 22];
const ECHO_REQUEST = 8;
/** Of 100 scanners: those that ask for any port, for many known ones, or for one. */
const ANY_PORT = 22;
const MANY_PORTS = 40;

/** Fills `packets` with those of the interval that begins at `time`. */
export function packetsOf(seed: number, time: number, packets: Packets): void {
  const random = new Random(mixPair(seed, time));
  packets.length = 0;
  const level = meanPackets(seed, time) * Math.exp(INTERVAL_SPREAD * random.normal() - INTERVAL_SPREAD ** 2 / 2);
  for (const crowd of [SCANNERS, BOTS, VICTIMS, PINGERS]) {
    const end = Math.min(MOST_PACKETS - 1024, packets.length + random.poisson(level * crowd.share));
    while (packets.length < end) addBurst(seed, crowd, time, end - packets.length, random, packets);
  }
  const isEvent = time >= EVENT_START && time < EVENT_END;
  addPortZero(seed, 0, ORDINARY_ZERO, time, random, packets);
  if (isEvent) addPortZero(seed, ORDINARY_ZERO.places, EVENT_ZERO, time, random, packets);
}

/** Mean number of packets of an interval, but for luck within it. */
function meanPackets(seed: number, time: number): number {
  const day = Math.floor(time / DAY);
  const wave = Math.exp(DAILY * Math.cos((2 * Math.PI * ((time % DAY) / HOUR - PEAK_HOUR)) / 24)) / WAVE_MEAN;
  // 1970-01-01 was a Thursday; weeks here begin on Monday
  const weekday = WEEKDAYS[(day + 3) % 7]!;
  const spread = new Random(mixPair(seed ^ 0x5eed, day)).normal() * DAY_SPREAD;
  return MEAN_PACKETS * wave * weekday * Math.exp(spread - DAY_SPREAD ** 2 / 2);
}

/** Mean of the daily wave: the Bessel function I₀(s), to four terms. */
const WAVE_MEAN = 1 + DAILY ** 2 / 4 + DAILY ** 4 / 64 + DAILY ** 6 / 2304;

function addBurst(seed: number, crowd: Crowd, time: number, room: number, random: Random, packets: Packets): void {
  const place = random.zipf(crowd.places, crowd.exponent);
  const sender = senderAt(seed, crowd, place, time);
  if (!isAtWork(crowd, sender, time)) return;
  const [mean, most] = crowd.burst;
  const length = Math.min(room, most, 1 + Math.floor(random.exponential(mean - 0.5)));
  const source = addressOf(crowd, sender);
  // A scanner takes one port at a time
  const habit = crowd === SCANNERS ? scannerHabit(sender, random) : habitOf(mix32(sender + 4), mix32(sender + 5));
  for (let left = length; left > 0; left--) {
    const at = packets.length++;
    packets.source[at] = source;
    packets.target[at] = DARKNET + (random.word() & 0xffff);
    if (crowd === VICTIMS) answer(packets, at, sender, random);
    else if (crowd === PINGERS) ping(packets, at);
    else probe(packets, at, sender, habit, random);
  }
}

function scannerHabit(sender: number, random: Random): Habit {
  const kind = mix32(sender + 6) % 100;
  if (kind < ANY_PORT) return PROTOCOL_TCP * 65_536 + random.integer(1, 65_535);
  return kind < MANY_PORTS ? habitOf(random.word(), random.word()) : habitOf(mix32(sender + 4), mix32(sender + 5));
}

function probe(packets: Packets, at: number, sender: number, habit: Habit, random: Random): void {
  const protocol = habit >>> 16;
  packets.protocol[at] = protocol;
  packets.port[at] = habit & 0xffff;
  packets.sourcePort[at] = sourcePort(sender, random);
  if (protocol !== PROTOCOL_TCP) packets.technique[at] = UDP;
  else packets.technique[at] = mix32(sender + 7) % ODD_ONE_IN === 0 ? ODD[mix32(sender + 8) % ODD.length]! : SYN;
}

/** Some scan from one port, as masscan and zmap can; the others take the next that their system gives them. */
function sourcePort(sender: number, random: Random): number {
  return mix32(sender + 9) % 3 === 0 ? 32_768 + (mix32(sender + 10) % 28_232) : random.integer(32_768, 60_999);
}

function answer(packets: Packets, at: number, victim: number, random: Random): void {
  packets.protocol[at] = PROTOCOL_TCP;
  packets.sourcePort[at] = SERVED[mix32(victim + 11) % SERVED.length]!;
  packets.port[at] = random.integer(1024, 65_535);
  packets.technique[at] = BACKSCATTER;
}

function ping(packets: Packets, at: number): void {
  packets.protocol[at] = PROTOCOL_ICMP;
  packets.sourcePort[at] = -1;
  packets.port[at] = ECHO_REQUEST;
  packets.technique[at] = ICMP;
}

/** Source port zero, most of it to TCP/445, from senders that stay. */
function addPortZero(
  seed: number,
  firstPlace: number,
  zero: { readonly packets: number; readonly places: number },
  time: number,
  random: Random,
  packets: Packets,
): void {
  for (let left = random.poisson(zero.packets); left > 0; left--) {
    const at = packets.length++;
    const sender = mixPair(mixPair(seed, 0x2013), firstPlace + random.integer(0, zero.places - 1) + 1000 * Math.floor(time / (30 * DAY)));
    packets.source[at] = addressOf(SCANNERS, sender);
    packets.target[at] = DARKNET + (random.word() & 0xffff);
    probe(
      packets,
      at,
      sender,
      random.chance(0.6) ? PROTOCOL_TCP * 65_536 + 445 : PROTOCOL_TCP * 65_536 + random.integer(1, 65_535),
      random,
    );
    packets.sourcePort[at] = 0;
    packets.technique[at] = SYN;
  }
}
