/** Those whose answers nobody here asked for, in words: victims of forged traffic, and amplifiers that are abused for an attack on one of ours. */
import type { Report } from "../model/report.ts";
import { counted } from "./quantity.ts";

export interface AnswererWords {
  /** The section's name. */
  readonly title: string;
  /** What the address of each is called. */
  readonly role: string;
  /** "300 amplifiers". */
  readonly headline: string;
  /** Why they are no scanners: in a line, and in full. */
  readonly brief: string;
  readonly note: string;
}

const VICTIMS = "they answer packets that somebody forged with our addresses, so they are the targets of a DDoS";
const AMPLIFIERS = "they answer what somebody asked in the target's name, so they are abused to flood it";

/** Null where there are none. Those that are not listed count as what most of the list are. */
export function answererWords({ backscatter, backscatterTotal }: Report): AnswererWords | null {
  if (backscatterTotal === 0) return null;
  const listed = backscatter.filter(({ isReflector }) => isReflector).length;
  const beyond = backscatterTotal - backscatter.length;
  const amplifiers = listed + (2 * listed > backscatter.length ? beyond : 0);
  const victims = backscatterTotal - amplifiers;
  const both = [victims > 0 ? counted(victims, "victim") : "", amplifiers > 0 ? counted(amplifiers, "amplifier") : ""];
  return {
    title: victims === 0 ? "Amplifiers" : "Backscatter",
    role: amplifiers === 0 ? "Victim" : victims === 0 ? "Amplifier" : "Victim or amplifier",
    headline: both.filter((words) => words !== "").join(" and "),
    brief: `they answer ${victims === 0 ? "what the target never asked" : amplifiers === 0 ? "forged packets" : "what was never asked"}, they do not scan`,
    note: victims === 0 ? AMPLIFIERS : amplifiers === 0 ? VICTIMS : `victims: ${VICTIMS}; amplifiers: ${AMPLIFIERS}`,
  };
}
