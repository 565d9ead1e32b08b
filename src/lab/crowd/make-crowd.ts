/** Puts a crowd together: background, and one campaign of each kind in it. */
import { Random } from "../random.ts";
import { addBackground } from "./background.ts";
import type { Crowd, PlantedCampaign } from "./crowd.ts";
import { PLANTED } from "./planted.ts";

/** 2026-03-10 00:00 UTC, and a day. */
const START = Date.UTC(2026, 2, 10) / 1000;
const SPAN = 86_400;
/** A /20 of a documentation-like network that no source is drawn from. */
const FIRST = 0xc6_12_00_00;
const SIZE = 4096;
const SERVERS = 40;

export interface MadeCrowd {
  readonly crowd: Crowd;
  readonly planted: readonly PlantedCampaign[];
}

/** @param background unrelated sources; @param kinds names of PLANTED, all where left out */
export function makeCrowd(seed: number, background: number, kinds: readonly string[] = PLANTED.map(({ name }) => name)): MadeCrowd {
  const random = new Random(seed);
  const servers = Array.from({ length: SERVERS }, () => FIRST + random.integer(0, SIZE - 1));
  const crowd: Crowd = { random, site: { first: FIRST, size: SIZE, servers }, start: START, span: SPAN, packets: [], used: new Set() };
  const planted = PLANTED.filter(({ name }) => kinds.includes(name)).map(({ plant }) => plant(crowd));
  addBackground(crowd, background);
  return { crowd, planted };
}
