/** A source × class as one number, exact in a double: 32 bits of address, one of family, 6 of class. */
import type { SourceView } from "../model/activity.ts";

/** More than there are traffic classes. */
const CLASSES = 64;
const FAMILY_6 = 2 ** 32;

/** The source: distinct for every address as far as its word is. */
export function sourceKey({ family, word }: Pick<SourceView, "family" | "word">): number {
  return family === 6 ? word + FAMILY_6 : word;
}
export function familyOfKey(key: number): 4 | 6 {
  return key < FAMILY_6 ? 4 : 6;
}
export function wordOfKey(key: number): number {
  return key % FAMILY_6;
}

/** The source and the class. */
export function sourceClass(key: number, trafficClass: number): number {
  return key * CLASSES + trafficClass;
}
export function keyOf(name: number): number {
  return Math.floor(name / CLASSES);
}
export function classOf(name: number): number {
  return name % CLASSES;
}
