/** `--priors`: probabilities before any evidence, on the command line (research=0.2,ddos=0.1) or in a file (YAML or JSON). */
import { existsSync, readFileSync, statSync } from "node:fs";
import { parse } from "yaml";
import { z } from "zod";
import type { HypothesisId } from "../model/assessment.ts";
import { UsageError } from "../model/errors.ts";
import { HYPOTHESIS_TITLES } from "../report/wording.ts";
import { nearestWord } from "./config/did-you-mean.ts";

export type GivenPriors = Partial<Readonly<Record<HypothesisId, number>>>;

const IDS = Object.keys(HYPOTHESIS_TITLES) as HypothesisId[];
/** A file of ten numbers is no longer than this, octets. */
const LONGEST_FILE = 1 << 16;
const shape = z.record(z.string(), z.number());

/**
 * Each is above 0 and below 1: what is held impossible no evidence can show, and what is held certain none can shake. Together they leave
 * room for the hypotheses that are not named. @throws UsageError
 */
export function parsePriors(given: string): GivenPriors {
  const isList = given.includes("=") && !existsSync(given);
  const entries = isList ? given.split(",").map(pair) : Object.entries(readFile(given));
  const where = isList ? "--priors" : `--priors ${given}`;
  const priors: Partial<Record<HypothesisId, number>> = {};
  for (const [name, value] of entries) {
    const id = IDS.find((one) => one === name);
    if (id === undefined) {
      const near = nearestWord(name, IDS);
      throw new UsageError(
        `${where}: there is no hypothesis ${name}${near === null ? `; there are ${IDS.join(", ")}` : `; did you mean ${near}?`}`,
      );
    }
    if (priors[id] !== undefined) throw new UsageError(`${where}: ${name} is given twice`);
    if (!(value > 0 && value < 1)) throw new UsageError(`${where}: ${name} must be above 0 and below 1`);
    priors[id] = value;
  }
  const named = Object.values(priors);
  if (named.length === 0) throw new UsageError(`${where}: names no hypothesis; there are ${IDS.join(", ")}`);
  const sum = named.reduce((all, value) => all + value, 0);
  if (named.length < IDS.length ? sum >= 1 : Math.abs(sum - 1) > 0.01)
    throw new UsageError(
      `${where}: they add up to ${Number(sum.toFixed(3))}, and must ${named.length < IDS.length ? "leave room below 1 for the others" : "add up to 1"}`,
    );
  return priors;
}

function pair(text: string): [string, number] {
  const [name = "", value, ...rest] = text.trim().split("=");
  const number = value === undefined || value.trim() === "" || rest.length > 0 ? Number.NaN : Number(value);
  if (Number.isNaN(number)) throw new UsageError(`--priors ${text}: write hypothesis=probability, as in research=0.2`);
  return [name.trim(), number];
}

function readFile(path: string): Record<string, number> {
  let text: string;
  try {
    if (statSync(path).size > LONGEST_FILE) throw new Error("too long for a file of priors");
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new UsageError(`--priors ${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
  let value: unknown;
  try {
    value = parse(text);
  } catch (error) {
    throw new UsageError(`--priors ${path}: ${error instanceof Error ? (error.message.split("\n")[0] ?? "") : "not YAML or JSON"}`);
  }
  const checked = shape.safeParse(value);
  if (!checked.success) throw new UsageError(`--priors ${path}: expected a hypothesis and a probability a line, as in research: 0.2`);
  return checked.data;
}
