/**
 * What a platform is: a name, what it can say, and a function from a block to its rules. And the words that all of them share: names of
 * objects, remarks, moments.
 */
import { parseNetwork, type Network } from "../model/address.ts";
import type { BlockRequest, PortZeroMatch } from "../model/block.ts";

/** Rules of one platform, a line each. */
export interface RuleSet {
  readonly apply: readonly string[];
  /** Takes away all that `apply` put there. Empty where there is nothing to take away. */
  readonly remove: readonly string[];
  /** What a person has to know or do: where the rules go, what they do not say. A sentence each. */
  readonly notes: readonly string[];
}

export interface Platform {
  /** As on the command line. */
  readonly name: string;
  readonly title: string;
  /** What a remark line starts with. */
  readonly remark: string;
  /** The parts of docs/block.md's table. `says` tells whether port zero can be said: wholly, in part or not at all. */
  readonly says: "port-zero" | "nearest" | "sources-only";
  readonly portZero: string;
  readonly fragments: string;
  readonly expiry: string;
  /** What `--into` names on this platform; null where it names nothing. */
  readonly into: string | null;
  readonly rules: (request: BlockRequest, into: string | null) => RuleSet;
}

/** Letters and digits of an incident's name that fit into names of objects: iptables' chains hold 28 characters. */
const TAG_LENGTH = 12;

/** Name of everything that one block makes: "precursor", with the incident's name cut to 12 characters where there is one. */
export function nameOf({ incident }: BlockRequest): string {
  const slug = (incident ?? "")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "");
  if (slug === "") return "precursor";
  if (slug.length <= TAG_LENGTH) return `precursor-${slug}`;
  return `precursor-${slug.slice(0, TAG_LENGTH - 7).replace(/-$/, "")}-${hash(slug).toString(16).padStart(8, "0").slice(0, 6)}`;
}

/** A number from a name, for platforms that number their rules (FNV-1a, 32 bits). */
export function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  return value >>> 0;
}

/** The remark that goes onto rules: "precursor INCIDENT until 2026-12-01T00:00:00Z". */
export function remarkOf(request: BlockRequest): string {
  const until = expiryOf(request);
  return ["precursor", request.incident, until === null ? null : `until ${moment(until)}`].filter((part) => part !== null).join(" ");
}

/** When the rules should go, in seconds since 1970; null for never. */
export function expiryOf({ madeAt, seconds }: BlockRequest): number | null {
  return seconds === null ? null : Math.ceil(madeAt + seconds);
}

/** A whole second, ISO 8601 in UTC. */
export function moment(seconds: number): string {
  return new Date(Math.floor(seconds) * 1000).toISOString().replace(".000", "");
}

/** "TCP from source port 0". */
export function matchWords({ transport, end }: PortZeroMatch): string {
  return `${transport.toUpperCase()} ${end} port 0`;
}

/** "tcp-source-zero", for names. */
export function matchName({ transport, end }: PortZeroMatch): string {
  return `${transport}-${end}-zero`;
}

/** Sources of one version of IP, as CIDR text always with its length. */
export function sourcesOf({ sources }: BlockRequest, family: 4 | 6): string[] {
  return sources
    .filter((source) => source.includes(":") === (family === 6))
    .map((source) => (source.includes("/") ? source : `${source}/${family === 4 ? 32 : 128}`));
}

/** Sources of IPv4 as networks, for platforms that write masks. */
export function networksOf(request: BlockRequest, family: 4 | 6): Network[] {
  return sourcesOf(request, family).flatMap((source) => parseNetwork(source) ?? []);
}

/** Whether a version of IP has anything to drop. */
export function concerns(request: BlockRequest, family: 4 | 6): boolean {
  return (request.portZero.length > 0 && request.families.includes(family)) || sourcesOf(request, family).length > 0;
}

/** Port zero for a version of IP; empty where it is not asked for. */
export function portZeroOf(request: BlockRequest, family: 4 | 6): readonly PortZeroMatch[] {
  return request.families.includes(family) ? request.portZero : [];
}

/** What to write where a platform does not end rules by itself. */
export function noExpiryNote(request: BlockRequest, platform: string): string[] {
  const until = expiryOf(request);
  return until === null ? [] : [`${platform} does not end these by itself: take them away at ${moment(until)}.`];
}
