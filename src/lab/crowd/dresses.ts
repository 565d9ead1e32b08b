/** How packets of the crowd are made: tools and stacks, each with a manner of its own. */
import { OPTION_MSS, OPTION_SACK_PERMITTED, OPTION_TIMESTAMP, OPTION_WINDOW_SCALE } from "../../model/observation.ts";
import { ephemeralPort } from "../population.ts";
import type { Random } from "../random.ts";
import type { Dress } from "./crowd.ts";

const STACK = OPTION_MSS | OPTION_SACK_PERMITTED | OPTION_TIMESTAMP | OPTION_WINDOW_SCALE;
const WINDOWS_STACK = OPTION_MSS | OPTION_SACK_PERMITTED | OPTION_WINDOW_SCALE;

export function mirai(random: Random): Dress {
  const window = random.integer(1000, 65_535);
  const ttl = 64 - random.integer(8, 22);
  return (target) => ({ sourcePort: random.integer(1024, 65_535), ttl, sequence: target, window, ipId: random.integer(0, 65_535) });
}

export function masscan(random: Random): Dress {
  const sourcePort = random.integer(40_000, 59_999);
  const ttl = 255 - random.integer(8, 22);
  const isNew = random.chance(0.5);
  return (target, port) => {
    const sequence = random.word();
    return {
      sourcePort,
      ttl,
      sequence,
      window: isNew ? 1025 : 1024,
      options: isNew ? OPTION_MSS : 0,
      ipId: (target ^ port ^ sequence) & 0xffff,
    };
  };
}

export function zmap(random: Random): Dress {
  const ttl = 255 - random.integer(8, 22);
  return () => ({ sourcePort: random.integer(32_768, 61_000), ttl, sequence: random.word(), window: 65_535, ipId: 54_321 });
}

/** An operating system's own SYNs: Linux, Windows or something older. */
export function stack(random: Random): Dress {
  const kind = random.integer(0, 3);
  const window = [64_240, 29_200, 65_535, 8192][kind]!;
  const ttl = (kind < 2 ? 64 : 128) - random.integer(8, 22);
  const options = kind < 2 ? STACK : WINDOWS_STACK;
  return () => ({ sourcePort: ephemeralPort(random), ttl, sequence: random.word(), window, options, dontFragment: true });
}

/** A program of somebody's own: raw packets, the same header always. */
export function ownTool(random: Random): (random: Random) => Dress {
  const window = random.pick([5840, 14_600, 16_384, 28_944, 3000, 42_340, 60_352]);
  const options = random.chance(0.5) ? 0 : OPTION_MSS;
  const first = random.pick([64, 128, 255]);
  return (own) => {
    const ttl = first - own.integer(8, 22);
    return () => ({ sourcePort: ephemeralPort(own), ttl, sequence: own.word(), window, options, ipId: own.integer(0, 65_535) });
  };
}

export function udp(random: Random): Dress {
  const ttl = random.pick([64, 128]) - random.integer(8, 22);
  const payload = random.integer(20, 400);
  return () => ({ sourcePort: ephemeralPort(random), ttl, udp: true, payload });
}
