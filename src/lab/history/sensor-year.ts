/**
 * The case of 2 November 2013 as a user would have it: captures of twenty sensors, of the year before and of the day itself up to five
 * o'clock. What is sent on any day has days, weeks and scanners that come and go, and a dozen sources at a time with TCP port zero.
 */
import type { Asset } from "../../model/asset.ts";
import { formatIPv4 } from "../../model/address.ts";
import { TCP_SYN } from "../../model/protocol.ts";
import { mixPair } from "../../sketch/hash.ts";
import type { TimedPacket } from "../capture-writer.ts";
import { BACKGROUND_PORTS, novemberAlone, novemberSite, sensorAssets, VISITS_A_SECOND } from "../events/november-2013.ts";
import type { MadeEvent } from "../event.ts";
import { ethernet } from "../frame.ts";
import { tcpPacket } from "../packet.ts";
import { arrivingTtl, ephemeralPort, publicAddresses } from "../population.ts";
import { Random } from "../random.ts";
import type { Site } from "../site.ts";

const INTERVAL = 300;
const DAY = 86_400;
const WEEK = 7 * DAY;
/** Days of history, the day of the event, and the time at which its captures end. */
const YEAR_DAYS = 366;
const EVENT_DAY = Date.UTC(2013, 10, 2) / 1000;
const END = EVENT_DAY + 5 * 3600;
/** Probes that all sensors get in an interval, of so many scanners that are at work in a week. */
const PROBES = 60;
const SCANNERS = 600;
/** Sources with TCP port zero in an interval, and those that send so in a week: normally under twenty. */
const ZERO_SOURCES = 11;
const ZERO_SENDERS = 150;
/** Visitors of the sites' web servers in an interval. The event's day has their whole talks; of those before, what opens them is written. */
const VISITS = VISITS_A_SECOND * INTERVAL;
/** Strength of the daily wave exp(s · cos), and the hour of its peak; of the level from day to day, as a standard deviation of its logarithm. */
const DAILY = 0.2;
const PEAK_HOUR = 14;
const DAY_SPREAD = 0.08;
/** Octets of Ethernet, IP and TCP headers: nothing behind them is looked at. */
const FRAME_OCTETS = 54;
/** Of the sources that send in the event, the part that feeds of the time would have named. Stated judgement. */
const LISTED = 0.7;

export interface SensorPacket extends TimedPacket {
  /** Index of the sensor. */
  readonly sensor: number;
}

export interface SensorDay {
  /** Seconds since 1970. */
  readonly start: number;
  /** In order of time. */
  readonly packets: readonly SensorPacket[];
}

export class SensorYear {
  readonly site: Site;
  readonly #seed: number;

  constructor(seed: number) {
    this.#seed = seed;
    this.site = novemberSite(new Random(seed));
  }

  /** What the networks of the sensors hold, one asset a sensor. */
  assets(): readonly Asset[] {
    return sensorAssets(this.site);
  }

  /** Days before the event, from 1 November 2012 on where not fewer are wanted, and the event's. @param every for tests: only each so many days */
  *days(every = 1, last = YEAR_DAYS): Generator<SensorDay> {
    for (let start = EVENT_DAY - last * DAY; start < EVENT_DAY; start += every * DAY)
      yield { start, packets: this.#ordinary(start, start + DAY, VISITS) };
    yield { start: EVENT_DAY, packets: this.#eventDay() };
  }

  /** Addresses as two independent feeds would have had them: most sources of the event, and much else. */
  feeds(): ReadonlyMap<string, readonly string[]> {
    const random = new Random(mixPair(this.#seed, 3));
    const sources = this.#event().truth.scans.map(({ source }) => source);
    const list = (): string[] => [
      ...sources.filter(() => random.chance(LISTED)),
      ...publicAddresses(random, 2000).map((address) => formatIPv4(address)),
    ];
    return new Map([
      ["cins-army", list()],
      ["blocklist-de", list()],
    ]);
  }

  /** Of numbers of its own: those of the site would draw its senders out of the site's networks. */
  #event(): MadeEvent {
    return novemberAlone(new Random(mixPair(this.#seed, 2)), this.site);
  }

  #eventDay(): readonly SensorPacket[] {
    const { packets } = this.#event();
    const all = this.#ordinary(EVENT_DAY, END, 0);
    for (const { time, frame } of packets) {
      const sensor = this.#sensorOf(frame);
      if (sensor >= 0) all.push({ time, frame, sensor });
    }
    return all.toSorted((a, b) => a.time - b.time);
  }

  /** The sensor whose network a frame comes from or goes to. */
  #sensorOf(frame: Uint8Array): number {
    const view = new DataView(frame.buffer, frame.byteOffset);
    const [source, destination] = [view.getUint32(26), view.getUint32(30)];
    return this.site.networks.findIndex(
      ({ words }) => (words[3] ?? 0) >>> 8 === source >>> 8 || (words[3] ?? 0) >>> 8 === destination >>> 8,
    );
  }

  /** What comes on any day, in order of time. */
  #ordinary(from: number, to: number, visits: number): SensorPacket[] {
    const packets: SensorPacket[] = [];
    const day = new Random(mixPair(this.#seed ^ 0x0da7, Math.floor(from / DAY)));
    const level = Math.exp(DAY_SPREAD * day.normal());
    const week = new Random(mixPair(this.#seed ^ 0x3eec, Math.floor(from / WEEK)));
    const scanners = publicAddresses(week, SCANNERS).map((source) => ({ source, port: week.weighted(BACKGROUND_PORTS) }));
    const senders = publicAddresses(week, ZERO_SENDERS);
    for (let start = from; start < to; start += INTERVAL) {
      const random = new Random(mixPair(this.#seed, start));
      const wave = level * Math.exp(DAILY * Math.cos((2 * Math.PI * ((start % DAY) / 3600 - PEAK_HOUR)) / 24));
      for (let left = random.poisson(PROBES * wave); left > 0; left--) {
        const { source, port } = scanners[random.zipf(SCANNERS, 0.8)]!;
        packets.push(this.#probe(random, start, source, ephemeralPort(random), port));
      }
      for (let left = random.poisson(ZERO_SOURCES * wave); left > 0; left--)
        packets.push(this.#probe(random, start, random.pick(senders), 0, random.weighted(BACKGROUND_PORTS)));
      const visitors = publicAddresses(random, random.poisson(visits * wave));
      for (const visitor of visitors) packets.push(this.#probe(random, start, visitor, ephemeralPort(random), 80));
    }
    return packets.toSorted((a, b) => a.time - b.time);
  }

  #probe(random: Random, start: number, source: number, sourcePort: number, destinationPort: number): SensorPacket {
    const sensor = random.integer(0, this.site.networks.length - 1);
    const destination = ((this.site.networks[sensor]?.words[3] ?? 0) & 0xffff_ff00) + random.integer(1, 254);
    const ip = { source, destination: destination >>> 0, ttl: arrivingTtl(random, 64), id: random.integer(0, 65_535) };
    const packet = tcpPacket(ip, { sourcePort, destinationPort, flags: TCP_SYN, sequence: random.word(), window: 8192 });
    return { time: start + random.uniform() * INTERVAL, frame: ethernet(packet).subarray(0, FRAME_OCTETS), sensor };
  }
}
