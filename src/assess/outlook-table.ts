/**
 * What tends to follow each reading, over which time and how often, as data. Where nobody has measured the number, its source says "stated
 * judgement"; the base rate says what the number does not. Conditions that need facts stand in outlook.ts under the same id.
 */
import type { HypothesisId, Outlook } from "../model/assessment.ts";
import { STATED } from "./evidence/literature.ts";

const HOUR = 3600;
const DAY = 86_400;

export interface OutlookEntry extends Outlook {
  readonly id: string;
  readonly readings: readonly HypothesisId[];
}

const GREYNOISE = "GreyNoise 2025, Early Warning Signals: When Attacker Behavior Precedes New Vulnerabilities";
const GREYNOISE_BASE = "of 216 spikes, against edge devices only; their vendors often publish as soon anyway";
const PANJWANI = "Panjwani et al., DSN 2005, An Experimental Evaluation to Determine if Port Scans are Precursors to an Attack";

export const OUTLOOK_TABLE = [
  {
    id: "new-vulnerability-soon",
    readings: ["vulnerability-search"],
    what: "A new vulnerability of what was asked for is published",
    horizonSeconds: 21 * DAY,
    probability: { low: 0.5, high: 0.5 },
    baseRate: GREYNOISE_BASE,
    source: GREYNOISE,
  },
  {
    id: "new-vulnerability",
    readings: ["vulnerability-search"],
    what: "A new vulnerability of what was asked for is published",
    horizonSeconds: 42 * DAY,
    probability: { low: 0.8, high: 0.8 },
    baseRate: GREYNOISE_BASE,
    source: GREYNOISE,
  },
  {
    id: "attack-by-others",
    readings: ["vulnerability-search", "targeted-reconnaissance"],
    what: "Attacks on what answered come, most of them from addresses that did not probe",
    horizonSeconds: null,
    probability: null,
    baseRate:
      "of what attacked two hosts in 48 days, about 5 % had scanned only their ports before, and more than half had sent no scan at all",
    source: PANJWANI,
  },
  {
    id: "search-goes-on",
    readings: ["vulnerability-search", "ordinary"],
    what: "The usual ports are probed again, by other sources",
    horizonSeconds: DAY,
    probability: { low: 0.95, high: 1 },
    baseRate: "every public address is probed every day; only a rise above that means something",
    source: `${STATED}, after Durumeric, Bailey, Halderman, USENIX Security 2014 (an Internet-wide view of scanning)`,
  },
  {
    id: "outbreak-doubles",
    readings: ["worm-or-botnet"],
    what: "The number of sources doubles, if this is an outbreak that begins",
    horizonSeconds: 76 * 60,
    probability: null,
    baseRate:
      "Mirai in 2016 doubled every 76 minutes to 65,000 hosts in 20 hours, Code Red in 2001 took 359,000 in 14; families that are years old, most of what is seen, hold their number",
    source: "Antonakakis et al., USENIX Security 2017; Moore, Shannon, Brown, IMW 2002 (Code-Red)",
  },
  {
    id: "bots-stay",
    readings: ["worm-or-botnet"],
    what: "The same family goes on asking for the same ports, from addresses that change",
    horizonSeconds: 30 * DAY,
    probability: { low: 0.9, high: 1 },
    baseRate: "Mirai's mark was still in 1 to 1.5 % of a telescope's scanning traffic in June 2023 and February 2024",
    source: `${STATED}, after The Good, the Bad, and the Scanned, TU Delft 2024`,
  },
  {
    id: "flood-ends",
    readings: ["ddos"],
    what: "The flood ends",
    horizonSeconds: HOUR / 2,
    probability: { low: 0.77, high: 0.94 },
    baseRate: "77 % of attacks in 2018, and 94 % under 20 minutes in 2022; a few go on for days",
    source: "NSFOCUS 2018 DDoS Attack Landscape; Cloudflare DDoS threat report 2022 Q3",
  },
  {
    id: "flood-again",
    readings: ["ddos"],
    what: "The same targets are attacked again, often by another method",
    horizonSeconds: null,
    probability: null,
    baseRate:
      "a third of all active /24 networks were attacked at least once in two years; targets were often hit by several kinds at once",
    source: "Jonker et al., IMC 2017, Millions of Targets Under Attack",
  },
  {
    id: "answers-end",
    readings: ["backscatter"],
    what: "The answers end with the attack on the victim, and nothing follows for you",
    horizonSeconds: HOUR / 2,
    probability: { low: 0.77, high: 0.94 },
    baseRate: "77 % of attacks in 2018, and 94 % under 20 minutes in 2022; other victims follow every day",
    source: "NSFOCUS 2018 DDoS Attack Landscape; Cloudflare DDoS threat report 2022 Q3",
  },
  {
    id: "research-recurs",
    readings: ["research"],
    what: "The same organisations come again, with the same ports",
    horizonSeconds: DAY,
    probability: { low: 0.9, high: 1 },
    baseRate:
      "Censys and Shodan show a change within 24 hours, with about one connection a port and day; some 40 known scanners send half of what a telescope gets",
    source: `${STATED}, after Bennett, Abdou, van Oorschot, MADWeb 2021, and The Good, the Bad, and the Scanned, TU Delft 2024`,
  },
  {
    id: "fingerprinting-recurs",
    readings: ["fingerprinting"],
    what: "The same malformed packets come again, or somebody uses what they told",
    horizonSeconds: 14 * DAY,
    probability: null,
    baseRate: "one case: the packets to port zero of 13 to 17 November 2011 came again on 30 November",
    source: "CERT Polska 2011, unusual traffic to port 0/TCP",
  },
  {
    id: "targeted-returns",
    readings: ["targeted-reconnaissance"],
    what: "Somebody returns to what answered, with logins or exploits for just that",
    horizonSeconds: 14 * DAY,
    probability: { low: 0.2, high: 0.6 },
    baseRate: "nobody has measured it; many a scan that looks aimed is a survey by a person who never returns",
    source: STATED,
  },
  {
    id: "fault-goes-on",
    readings: ["misconfiguration"],
    what: "It goes on at the same rhythm until somebody mends the sender",
    horizonSeconds: DAY,
    probability: { low: 0.8, high: 0.95 },
    baseRate: "faults do not end by themselves; an inventory recurs at its own hour",
    source: STATED,
  },
  {
    id: "artefact-recurs",
    readings: ["artefact"],
    what: "The same records say port zero again whenever large packets are cut up",
    horizonSeconds: DAY,
    probability: { low: 0.9, high: 1 },
    baseRate: "most port-zero flows of an exchange point in a week were fragments",
    source: `${STATED}, after Maghsoudlou, Gasser, Feldmann, PAM 2021`,
  },
] as const satisfies readonly OutlookEntry[];
