/** Campaigns to be found in a crowd: each of several kinds, with parameters of its own. */
import { neighbour } from "../population.ts";
import type { Random } from "../random.ts";
import { anyTarget, newSource, probe } from "./background.ts";
import type { Crowd, Dress, PlantedCampaign } from "./crowd.ts";
import { masscan, mirai, ownTool, udp } from "./dresses.ts";

type Contacts = readonly (readonly [number, number])[];

/** What each kind of campaign is, and how its members are made. */
export const PLANTED: readonly { readonly name: string; readonly plant: (crowd: Crowd) => PlantedCampaign }[] = [
  // Masscan's --shards: each member does its share, all begin at once.
  { name: "shards", plant: (crowd) => shares(crowd, "shards", crowd.random.integer(10, 40), [40, 90], masscan, 20) },
  // Too quiet by themselves; no moment in common, but no target twice.
  {
    name: "hidden shares",
    plant: (crowd) => shares(crowd, "hidden shares", crowd.random.integer(120, 250), [4, 7], ownTool(crowd.random), 7200),
  },
  { name: "wave of Mirai's", plant: wave },
  { name: "one list", plant: oneList },
  { name: "neighbours", plant: neighbours },
  { name: "rare ports", plant: rarePorts },
  { name: "slow rhythm", plant: slowRhythm },
  { name: "port zero", plant: portZero },
  { name: "UDP shares", plant: (crowd) => shares(crowd, "UDP shares", crowd.random.integer(30, 80), [5, 30], udp, 60) },
  { name: "a port each", plant: aPortEach },
];

function sources(crowd: Crowd, count: number): number[] {
  return Array.from({ length: count }, () => newSource(crowd));
}

/** A beginning that leaves the reading's edges alone. */
function begin({ random, start, span }: Crowd): number {
  return start + span * (0.1 + 0.7 * random.uniform());
}

function targets(crowd: Crowd, count: number, port: number): Contacts {
  return Array.from({ length: count }, () => [anyTarget(crowd), port] as const);
}

function oddPort(random: Random): number {
  return random.pick([7001, 2375, 4786, 8291, 1723, 10_250, 49_152, 502]);
}

/** Disjoint shares of the network on one port; `spread` seconds between the first beginning and the last. */
function shares(
  crowd: Crowd,
  name: string,
  count: number,
  each: readonly [number, number],
  dressOf: (random: Random) => Dress,
  spread: number,
): PlantedCampaign {
  const { random, site } = crowd;
  const port = name.startsWith("UDP") ? 5060 : oddPort(random);
  const members = sources(crowd, count);
  const stride = 1 + 2 * random.integer(100, 900);
  let next = random.integer(0, site.size - 1);
  const from = begin(crowd);
  const seconds = random.integer(300, 1800);
  for (const source of members) {
    const contacts = Array.from({ length: random.integer(...each) }, () => {
      next = (next + stride) % site.size;
      return [site.first + next, port] as const;
    });
    const own = from + random.uniform() * spread;
    probe(crowd, source, dressOf(random), contacts, own, own + seconds);
  }
  return { name, members };
}

/** A command: all start within a minute and stop together, in the middle of thousands of their like. */
function wave(crowd: Crowd): PlantedCampaign {
  const { random } = crowd;
  const members = sources(crowd, random.integer(100, 200));
  const from = begin(crowd);
  for (const source of members) {
    const own = from + random.uniform() * 20;
    probe(crowd, source, mirai(random), targets(crowd, random.integer(4, 9), 23), own, from + 300);
  }
  return { name: "wave of Mirai's", members };
}

/** A list of hosts, which every member works through once, whenever it likes. */
function oneList(crowd: Crowd): PlantedCampaign {
  const { random, start, span } = crowd;
  const members = sources(crowd, random.integer(12, 40));
  const list = targets(crowd, random.integer(6, 14), random.pick([443, 8443, 4433]));
  const dressOf = ownTool(random);
  for (const source of members) {
    const from = start + random.uniform() * span * 0.9;
    probe(crowd, source, dressOf(random), list, from, from + random.integer(60, 3600));
  }
  return { name: "one list", members };
}

function neighbours(crowd: Crowd): PlantedCampaign {
  const { random } = crowd;
  const home = newSource(crowd);
  const members = [...new Set(Array.from({ length: random.integer(10, 30) }, () => neighbour(random, home)))];
  const from = begin(crowd);
  const dressOf = ownTool(random);
  for (const source of members) {
    crowd.used.add(source);
    probe(crowd, source, dressOf(random), targets(crowd, random.integer(5, 8), 5900), from + random.uniform() * 120, from + 1200);
  }
  return { name: "neighbours", members };
}

function rarePorts(crowd: Crowd): PlantedCampaign {
  const { random } = crowd;
  const ports = Array.from({ length: 5 }, () => random.integer(1024, 50_000));
  const members = sources(crowd, random.integer(20, 60));
  const from = begin(crowd);
  const dressOf = ownTool(random);
  for (const source of members) {
    const contacts = ports.map((port) => [anyTarget(crowd), port] as const);
    probe(crowd, source, dressOf(random), contacts, from + random.uniform() * 300, from + 3600);
  }
  return { name: "rare ports", members };
}

/** A probe every ten minutes or so, for hours, each member at its own moments. */
function slowRhythm(crowd: Crowd): PlantedCampaign {
  const { random, site, start } = crowd;
  const members = sources(crowd, random.integer(20, 40));
  const gap = random.integer(300, 900);
  const port = oddPort(random);
  const dressOf = ownTool(random);
  let next = random.integer(0, site.size - 1);
  for (const source of members) {
    const dress = dressOf(random);
    const from = start + 3600 + random.uniform() * gap;
    for (let i = 0; i < 40; i++) {
      next = (next + 613) % site.size;
      const destination = site.first + next;
      crowd.packets.push({ ...dress(destination, port), time: from + i * gap + random.uniform() * 2, source, destination, port });
    }
  }
  return { name: "slow rhythm", members };
}

/** After 2 November 2013: source port zero towards 445 from a few networks, for three hours. */
function portZero(crowd: Crowd): PlantedCampaign {
  const { random } = crowd;
  const homes = sources(crowd, 3);
  const members = [...new Set(Array.from({ length: random.integer(30, 60) }, () => neighbour(random, random.pick(homes))))];
  const from = begin(crowd);
  const dressOf = ownTool(random);
  for (const source of members) {
    crowd.used.add(source);
    const dress = dressOf(random);
    const own = from + random.uniform() * 600;
    probe(
      crowd,
      source,
      (target, port) => ({ ...dress(target, port), sourcePort: 0 }),
      targets(crowd, random.integer(5, 60), 445),
      own,
      own + 10_800,
    );
  }
  return { name: "port zero", members };
}

function aPortEach(crowd: Crowd): PlantedCampaign {
  const { random } = crowd;
  const members = sources(crowd, random.integer(20, 40));
  const from = begin(crowd);
  const dressOf = ownTool(random);
  for (const source of members)
    probe(
      crowd,
      source,
      dressOf(random),
      targets(crowd, random.integer(5, 9), random.integer(1, 65_535)),
      from + random.uniform() * 10,
      from + 240,
    );
  return { name: "a port each", members };
}
