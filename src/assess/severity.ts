/**
 * How much it matters: unique sources, networks and outcomes, never packets alone (Chocolatine, arXiv 1906.04426: one flooder must not move
 * it). Only confirmed port zero reaches the top.
 */
import { type Hypothesis, SEVERITIES, type Severity } from "../model/assessment.ts";
import type { Facts } from "./facts.ts";
import { ATTACK_PREPARATION } from "./hypotheses.ts";

/** Unacknowledged sources from which probing is medium: more than the few that knock on every door every hour. Stated judgement. */
const MEDIUM_SOURCES = 10;
/** Sources from which it is high, if they are in as many networks as below or concentrated beyond chance. */
const HIGH_SOURCES = 50;
const HIGH_NETWORKS = 10;
/** P-value below which a share in one network is no accident. */
const CONCENTRATED = 1e-6;
/** Answered contacts of unacknowledged sources: what they learned. */
const MEDIUM_ANSWERS = 3;
const HIGH_ANSWERS = 50;
/** The reference event reached many sensors with a handful of main sources: confirmed port zero against a real service. */
const PORT_ZERO_SOURCES = 5;
const PORT_ZERO_TARGETS = 50;
const CRITICAL_SOURCES = 50;
/** Probability that all readings which prepare an attack must reach together for the top. */
const CRITICAL_PROBABILITY = 0.8;
/** Probability of aimed reconnaissance from which one source with answers is high, and from which it is medium whatever it learned. */
const HIGH_AIMED = 0.7;
const MEDIUM_AIMED = 0.55;
/** Amplifiers from which a flood is high. */
const HIGH_REFLECTORS = 20;

/** @param hypotheses most probable first. */
export function severityOf(facts: Facts, hypotheses: readonly Hypothesis[], tooEarly: boolean): Severity {
  const base = baseSeverity(facts, hypotheses);
  return lowest(base, tooEarly ? "low" : capOf(facts, hypotheses[0], base));
}

/** What sources, networks and outcomes say before the reading is looked at. */
function baseSeverity(facts: Facts, hypotheses: readonly Hypothesis[]): Severity {
  const { scans, portZero, backscatter, concentration, hostileSources } = facts;
  if (backscatter.reflectors > 0 || scans.floodSources >= MEDIUM_SOURCES * 10) {
    return backscatter.reflectors >= HIGH_REFLECTORS || scans.floodSources >= HIGH_SOURCES * 10 ? "high" : "medium";
  }
  const answers = portZero.answersOnly || (hypotheses[0]?.id === "backscatter" && backscatter.victims > 0);
  if (scans.count === 0 && (portZero.strong === 0 || portZero.answersOnly)) {
    if (hypotheses[0]?.id === "ddos") return "medium";
    return answers ? "low" : "none";
  }

  const serviceMeant = portZero.tcpSourceOnly > portZero.toZero && portZero.otherPort !== null;
  const preparing = hypotheses.filter(({ id }) => ATTACK_PREPARATION.has(id)).reduce((sum, { probability }) => sum + probability, 0);
  const portZeroEvent = serviceMeant && portZero.sources >= PORT_ZERO_SOURCES && portZero.targets >= PORT_ZERO_TARGETS;
  if (portZeroEvent && portZero.sources >= CRITICAL_SOURCES && hostileSources >= CRITICAL_SOURCES && preparing >= CRITICAL_PROBABILITY)
    return "critical";
  if (portZeroEvent && preparing >= 0.5) return "high";

  const spread = concentration.networks >= HIGH_NETWORKS || concentration.chance < CONCENTRATED;
  if (hostileSources >= HIGH_SOURCES && spread) return "high";
  if (scans.hostileAnswered >= HIGH_ANSWERS && hostileSources >= MEDIUM_SOURCES && spread) return "high";
  const aimed = hypotheses[0]?.id === "targeted-reconnaissance" ? hypotheses[0].probability : 0;
  if (aimed >= HIGH_AIMED && scans.hostileAnswered >= MEDIUM_ANSWERS) return "high";
  if (aimed >= MEDIUM_AIMED || hostileSources >= MEDIUM_SOURCES || scans.hostileAnswered >= MEDIUM_ANSWERS) return "medium";
  return "low";
}

/** The most that the leading reading allows. */
function capOf(facts: Facts, leading: Hypothesis | undefined, base: Severity): Severity {
  switch (leading?.id) {
    case "ordinary":
      return facts.scans.count === 0 ? "none" : "low";
    case "research":
    case "backscatter":
      // Others that probe beside it keep their weight, short of the upper two.
      return facts.hostileSources > 0 && facts.scans.hostileSources > 0 ? "medium" : "low";
    case "artefact":
      return facts.scans.count === 0 && facts.portZero.strong === 0 ? "none" : "low";
    case "misconfiguration":
      return facts.scans.internalSources > 0 ? "medium" : "low";
    case "fingerprinting":
      return facts.scans.hostileAnswered >= MEDIUM_ANSWERS && facts.hostileSources >= MEDIUM_SOURCES ? "high" : "medium";
    default:
      return base;
  }
}

function lowest(a: Severity, b: Severity): Severity {
  return SEVERITIES.indexOf(a) <= SEVERITIES.indexOf(b) ? a : b;
}
