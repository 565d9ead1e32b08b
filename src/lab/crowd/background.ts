/** Background radiation: sources that have nothing to do with one another, though many ask for the same port with the same tool. */
import { TCP_ACK, TCP_PSH, TCP_RST, TCP_SYN } from "../../model/protocol.ts";
import { publicAddress } from "../population.ts";
import type { Random } from "../random.ts";
import type { Crowd, Dress } from "./crowd.ts";
import { masscan, mirai, ownTool, stack, udp, zmap } from "./dresses.ts";

/** Share of the sources, and what one does. */
const ROLES: readonly (readonly [share: number, role: (crowd: Crowd, source: number) => void])[] = [
  [0.34, miraiBot],
  [0.12, stackBot],
  [0.06, (crowd, source) => scanner(crowd, source, masscan(crowd.random), 300)],
  [0.02, (crowd, source) => scanner(crowd, source, zmap(crowd.random), 400)],
  [0.04, (crowd, source) => scanner(crowd, source, ownTool(crowd.random)(crowd.random), 60)],
  [0.14, crawler],
  [0.12, backscatter],
  [0.1, udpNoise],
  [0.06, deadServiceClient],
];

/** Adds so many unrelated sources to a crowd. */
export function addBackground(crowd: Crowd, count: number): void {
  for (let i = 0; i < count; i++) {
    let dice = crowd.random.uniform();
    const [, role] = ROLES.find(([share]) => (dice -= share) < 0) ?? ROLES[0]!;
    role(crowd, newSource(crowd));
  }
}

/** An address of nobody else in the crowd. */
export function newSource({ random, used }: Crowd): number {
  for (;;) {
    const address = publicAddress(random);
    if (used.has(address)) continue;
    used.add(address);
    return address;
  }
}

/** A moment of the day: more by day than by night. */
export function moment({ random, start, span }: Crowd): number {
  for (;;) {
    const share = random.uniform();
    if (random.uniform() < 0.6 + 0.4 * Math.sin(2 * Math.PI * share)) return start + share * span;
  }
}

export function anyTarget({ random, site }: Crowd): number {
  return site.first + random.integer(0, site.size - 1);
}

/** Probes at random moments from `from` to `to`. */
export function probe(
  crowd: Crowd,
  source: number,
  dress: Dress,
  contacts: readonly (readonly [number, number])[],
  from: number,
  to: number,
): void {
  for (const [destination, port] of contacts)
    crowd.packets.push({ ...dress(destination, port), time: from + crowd.random.uniform() * (to - from), source, destination, port });
}

/** Minutes to the whole day, log-uniform. */
function stay({ random, start, span }: Crowd, from: number): number {
  return Math.min(start + span, from + Math.exp(Math.log(30) + random.uniform() * Math.log(span / 30)));
}

function few(random: Random, most: number): number {
  return Math.max(1, Math.min(most, Math.round(random.pareto(1, 0.8))));
}

function miraiBot(crowd: Crowd, source: number): void {
  const { random } = crowd;
  const port = random.pick([23, 23, 23, 23, 23, 5555, 37_215, 8080, 2323]);
  const second = random.chance(0.4) && port === 23 ? 2323 : port;
  const from = moment(crowd);
  const contacts = Array.from({ length: few(random, 150) }, () => [anyTarget(crowd), random.chance(0.9) ? port : second] as const);
  probe(crowd, source, mirai(random), contacts, from, stay(crowd, from));
}

/** Infected machines that use connect(), with its tries: worms, and who guesses passwords. */
function stackBot(crowd: Crowd, source: number): void {
  const { random } = crowd;
  const port = random.pick([22, 445, 445, 445, 3389, 1433, 23, 3306, 5900]);
  const from = moment(crowd);
  const to = stay(crowd, from);
  const dress = stack(random);
  for (let i = few(random, 80); i > 0; i--) {
    const destination = anyTarget(crowd);
    const packet = { ...dress(destination, port), source, destination, port };
    const time = from + random.uniform() * (to - from);
    for (const delay of [0, 1, 3]) crowd.packets.push({ ...packet, time: time + delay });
  }
}

function scanner(crowd: Crowd, source: number, dress: Dress, most: number): void {
  const { random } = crowd;
  const port = random.chance(0.6) ? random.pick([22, 80, 443, 8080, 3389, 5900, 6379, 8443, 9200, 25]) : random.integer(1, 65_535);
  const from = moment(crowd);
  probe(
    crowd,
    source,
    dress,
    Array.from({ length: few(random, most) }, () => [anyTarget(crowd), port]),
    from,
    stay(crowd, from),
  );
}

/** Asks for what is offered, and for some that is gone. */
function crawler(crowd: Crowd, source: number): void {
  const { random, site } = crowd;
  const dress = stack(random);
  const from = moment(crowd);
  const to = stay(crowd, from);
  for (let i = random.integer(1, 12); i > 0; i--) {
    const destination = random.pick(site.servers);
    const port = random.pick([80, 443]);
    const forth = { ...dress(destination, port), source, destination, port };
    const back = { source: destination, destination: source, port: forth.sourcePort, sourcePort: port, ttl: 64 };
    const time = from + random.uniform() * (to - from);
    crowd.packets.push({ ...forth, time });
    if (random.chance(0.05)) continue;
    crowd.packets.push(
      { ...back, time: time + 0.001, flags: TCP_SYN | TCP_ACK, window: 65_160 },
      { ...forth, time: time + 0.03, flags: TCP_ACK | TCP_PSH, payload: 300, sequence: ((forth.sequence ?? 0) + 1) >>> 0 },
      { ...back, time: time + 0.04, flags: TCP_ACK | TCP_PSH, payload: 1400, window: 502 },
    );
  }
}

function backscatter(crowd: Crowd, source: number): void {
  const { random } = crowd;
  const sourcePort = random.pick([80, 443, 22, 25_565]);
  const from = moment(crowd);
  const to = Math.min(stay(crowd, from), from + 1800);
  const flags = random.chance(0.6) ? TCP_SYN | TCP_ACK : TCP_RST | TCP_ACK;
  for (let i = few(random, 60); i > 0; i--)
    crowd.packets.push({
      time: from + random.uniform() * (to - from),
      source,
      destination: anyTarget(crowd),
      port: random.integer(1024, 65_535),
      sourcePort,
      ttl: 50,
      flags,
    });
}

function udpNoise(crowd: Crowd, source: number): void {
  const { random } = crowd;
  const port = random.pick([53, 123, 161, 1900, 5060, 5060, 389, 11_211, 137, 27_015]);
  const from = moment(crowd);
  probe(
    crowd,
    source,
    udp(random),
    Array.from({ length: few(random, 120) }, () => [anyTarget(crowd), port]),
    from,
    stay(crowd, from),
  );
}

/** Clients of one service that is gone: the same three addresses, over and over, whenever each of them is up. */
function deadServiceClient(crowd: Crowd, source: number): void {
  const { random, site } = crowd;
  const from = moment(crowd);
  const to = stay(crowd, from);
  const dress = stack(random);
  for (let round = random.integer(1, 6); round > 0; round--)
    for (const offset of [77, 1033, 2051]) {
      const destination = site.first + offset;
      const packet = { ...dress(destination, 8883), source, destination, port: 8883 };
      const time = from + random.uniform() * (to - from);
      crowd.packets.push({ ...packet, time }, { ...packet, time: time + 1 });
    }
}
