/**
 * Scenarios: an event with everything about it drawn (site, length, size, what else is on the wire, how it was recorded), and the reading that
 * an expert would put first. For judging the judgement over hundreds of them (`npm run bench:judgement`).
 */
import type { HypothesisId } from "../../model/assessment.ts";
import { mix } from "../catalogue.ts";
import type { EventOptions, LabEvent, MadeEvent } from "../event.ts";
import { Random } from "../random.ts";
import { Site } from "../site.ts";
import { SCENARIO_KINDS } from "./kinds.ts";
import { eventNamed } from "./named.ts";

/** How a scenario is recorded; all but the capture lose something. */
export type ScenarioForm = "capture" | "netflow-v5" | "zeek" | "suricata" | "netfilter" | "vpc-flow";

/** What varies from one scenario of a kind to the next. */
export interface ScenarioKind {
  readonly name: string;
  readonly reading: HypothesisId;
  /** Further readings that an expert would accept as well. */
  readonly alsoRight: readonly HypothesisId[];
  /** In which the event still shows. */
  readonly forms: readonly ScenarioForm[];
  /** Least and greatest size of the defended network, in bits of prefix, and share of its addresses in use. */
  readonly bits: readonly [least: number, greatest: number];
  readonly live: readonly [least: number, greatest: number];
  /** Factors on numbers and on the event's own length, drawn evenly on a logarithmic scale. */
  readonly scale: readonly [least: number, greatest: number];
  readonly stretch: readonly [least: number, greatest: number];
  /** Ordinary traffic beside it is wanted: false where the event is ordinary traffic itself. */
  readonly hasCompany: boolean;
  /** Seconds that the event lasts where it is not stretched. */
  readonly seconds: number;
  events(random: Random, surroundings: Surroundings): readonly LabEvent[];
}

/** What a scenario needs to know of the world outside the lab. */
export interface Surroundings {
  /** IPv4 networks from which an acknowledged scanner is known to scan: an address in each, and its prefix length. */
  readonly acknowledged: readonly { readonly base: number; readonly bits: number }[];
}

export interface Scenario extends MadeEvent {
  readonly kind: ScenarioKind;
  readonly form: ScenarioForm;
}

/** Share of scenarios that are captures: what else there is comes in equal parts. */
const CAPTURES = 0.5;
/** Ordinary traffic that may stand beside an event, at a fifth of its usual size. */
const COMPANY = ["web-browsing", "dns-resolver", "ntp", "cdn-server", "mail-server", "health-checks"] as const;
const COMPANY_SCALE = 0.2;
/** Seconds of it: health checks of a week would be millions of packets. */
const COMPANY_SECONDS = 1800;

/** The scenario of a number: kinds take turns. Equal numbers, seeds and surroundings give equal packets. */
export function makeScenario(number: number, seed: number, surroundings: Surroundings): Scenario {
  const kind = SCENARIO_KINDS[number % SCENARIO_KINDS.length];
  if (kind === undefined) throw new RangeError(`no scenario has the number ${number}`);
  const random = new Random((seed * 7919 + number) >>> 0);
  const site = new Site(
    [random.integer(0x0b_00_00_00, 0x5f_ff_ff_ff) & 0xffffff00],
    random.integer(...kind.bits),
    between(random, kind.live),
    random.word(),
  );
  const start = Date.UTC(random.integer(2013, 2026), random.integer(0, 11), random.integer(1, 28), random.integer(0, 23)) / 1000;
  const duration = kind.seconds * logBetween(random, kind.stretch);
  const options: EventOptions = { site, start, duration, scale: logBetween(random, kind.scale) };
  const parts = kind.events(random, surroundings).map((event) => event.make(random.fork(), options));
  const beside = kind.hasCompany && random.chance(0.5) ? [random.pick(COMPANY)] : [];
  const others = beside.map((name) =>
    eventNamed(name).make(random.fork(), { site, start, duration: Math.min(duration, COMPANY_SECONDS), scale: COMPANY_SCALE }),
  );
  const form = random.chance(CAPTURES) || kind.forms.length === 0 ? "capture" : random.pick(kind.forms);
  const made = mix(kind.name, [...parts, ...others]);
  return { ...made, truth: { ...made.truth, reading: kind.reading }, kind, form };
}

function between(random: Random, [least, greatest]: readonly [number, number]): number {
  return least + random.uniform() * (greatest - least);
}

function logBetween(random: Random, [least, greatest]: readonly [number, number]): number {
  return least * (greatest / least) ** random.uniform();
}
