/**
 * How much it matters: unique sources, networks and outcomes, never packets alone (Chocolatine, arXiv 1906.04426: one flooder must not move
 * it). Only confirmed port zero reaches the top. The rule in words stands in docs/judgement.md.
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
/** Confirmed port zero against a real service, of so many sources at so many targets, is high: the reference event of 2013. */
const PORT_ZERO_SOURCES = 5;
const PORT_ZERO_TARGETS = 50;
/**
 * Critical is an event, not a scan: all that makes the reference event stand out, at once. Twice the sources that are high, or as
 * many where they sit in one network beyond chance; and all readings that prepare an attack together as good as certain.
 */
const CRITICAL_SOURCES = 100;
const CRITICAL_PROBABILITY = 0.9;
/** Probability of aimed reconnaissance from which one source with answers is high, and from which it is medium whatever it learned. */
const HIGH_AIMED = 0.7;
const MEDIUM_AIMED = 0.55;
/** Amplifiers, or sources upon one host, from which a flood is high. */
const HIGH_REFLECTORS = 20;
const HIGH_FLOOD_SOURCES = 500;

/** @param hypotheses most probable first. */
export function severityOf(facts: Facts, hypotheses: readonly Hypothesis[], tooEarly: boolean): Severity {
  const probing = probingSeverity(facts, hypotheses);
  const capped = lowest(probing, tooEarly ? "low" : capOf(facts, hypotheses[0], probing));
  // A flood is what it is beside whatever else goes on; it never is an event of reconnaissance, so never critical.
  return highest(capped, floodSeverity(facts, hypotheses[0]));
}

function floodSeverity({ backscatter, floods }: Facts, leading: Hypothesis | undefined): Severity {
  if (backscatter.reflectors >= HIGH_REFLECTORS || (floods !== null && floods.sources >= HIGH_FLOOD_SOURCES)) return "high";
  return backscatter.reflectors > 0 || floods !== null || leading?.id === "ddos" ? "medium" : "none";
}

/** What sources, networks and outcomes of probing say before the reading is looked at. */
function probingSeverity(facts: Facts, hypotheses: readonly Hypothesis[]): Severity {
  const { scans, portZero, backscatter, concentration, hostileSources } = facts;
  const patient = hypotheses[0]?.id === "misconfiguration" && facts.persistence !== null;
  const answers = patient || portZero.answersOnly || (hypotheses[0]?.id === "backscatter" && backscatter.victims > 0);
  if (scans.count === 0 && (portZero.strong === 0 || portZero.answersOnly))
    return answers || ATTACK_PREPARATION.has(hypotheses[0]?.id ?? "ordinary") || hypotheses[0]?.id === "fingerprinting" ? "low" : "none";

  const spread = concentration.networks >= HIGH_NETWORKS || concentration.chance < CONCENTRATED;
  const serviceMeant = portZero.tcpSourceOnly > portZero.toZero && portZero.otherPort !== null;
  const preparing = hypotheses.filter(({ id }) => ATTACK_PREPARATION.has(id)).reduce((sum, { probability }) => sum + probability, 0);
  if (serviceMeant && portZero.sources >= PORT_ZERO_SOURCES && portZero.targets >= PORT_ZERO_TARGETS) {
    const many = Math.min(portZero.sources, hostileSources) >= CRITICAL_SOURCES;
    const oneNetwork = Math.min(portZero.sources, hostileSources) >= CRITICAL_SOURCES / 2 && concentration.chance < CONCENTRATED;
    if ((many || oneNetwork) && preparing >= CRITICAL_PROBABILITY) return "critical";
    if (preparing >= 0.5) return "high";
  }
  if (hostileSources >= HIGH_SOURCES && spread) return "high";
  if (scans.hostileAnswered >= HIGH_ANSWERS && hostileSources >= MEDIUM_SOURCES && spread) return "high";
  const aimed = hypotheses[0]?.id === "targeted-reconnaissance" ? hypotheses[0].probability : 0;
  if (aimed >= HIGH_AIMED && scans.hostileAnswered >= MEDIUM_ANSWERS) return "high";
  if (aimed >= MEDIUM_AIMED || hostileSources >= MEDIUM_SOURCES || scans.hostileAnswered >= MEDIUM_ANSWERS) return "medium";
  return "low";
}

/** The most that the leading reading, and who scans, allow. */
function capOf(facts: Facts, leading: Hypothesis | undefined, base: Severity): Severity {
  const { scans } = facts;
  // From inside it is an inventory far more often than an intruder: somebody must look, and nobody need wake up. Many such hosts are a worm.
  if (scans.count > 0 && scans.internalSources === scans.sources && scans.sources < MEDIUM_SOURCES) return "medium";
  switch (leading?.id) {
    case "ordinary":
      return scans.count === 0 ? "none" : "low";
    case "research":
    case "backscatter":
    case "ddos":
      // Others that probe beside it keep their weight, short of the upper two.
      return facts.hostileSources > 0 && scans.hostileSources > 0 ? "medium" : "low";
    case "artefact":
      return scans.count === 0 && facts.portZero.strong === 0 ? "none" : "low";
    case "misconfiguration":
      return scans.internalSources > 0 ? "medium" : "low";
    case "fingerprinting":
      return scans.hostileAnswered >= MEDIUM_ANSWERS && facts.hostileSources >= MEDIUM_SOURCES ? "high" : "medium";
    default:
      return base;
  }
}

function lowest(a: Severity, b: Severity): Severity {
  return SEVERITIES.indexOf(a) <= SEVERITIES.indexOf(b) ? a : b;
}

function highest(a: Severity, b: Severity): Severity {
  return SEVERITIES.indexOf(a) >= SEVERITIES.indexOf(b) ? a : b;
}
