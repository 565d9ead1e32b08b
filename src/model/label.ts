/** What is known of an address beside what it did. Each label says from which list, and how old that is. */
import type { ReputationLabel } from "./reputation.ts";

export interface Provenance {
  /** The list: "geo-whois-asn-country", "RFC 6890", "precursor acknowledged scanners". */
  readonly list: string;
  /** ISO date of the data, or null where the list does not tell. */
  readonly date: string | null;
}

/** What a network is for, where data or its name tell. */
export type NetworkKind = "hosting" | "access" | "mobile" | "education" | "government" | "business" | "content" | "exchange";

export interface NetworkLabel extends Provenance {
  readonly asn: number | null;
  readonly name: string | null;
  /** ISO 3166-1 alpha-2: where the address is registered. Weak evidence; never scored. */
  readonly country: string | null;
  readonly kind: NetworkKind | null;
}

export interface AcknowledgedLabel extends Provenance {
  readonly organisation: string;
  /** `confirmed` needs traffic that cannot be forged; spoofable traffic is at best `claimed`. */
  readonly status: "confirmed" | "claimed" | "disputed";
  readonly reason: string;
}

export interface ReservedLabel extends Provenance {
  /** "private-use", "documentation", "link-local", … of the IANA special-purpose registries. */
  readonly name: string;
  /** Whether a packet with such a source can have come over the Internet. */
  readonly globallyReachable: boolean;
}

export interface AddressLabels {
  readonly network: NetworkLabel | null;
  readonly acknowledged: AcknowledgedLabel | null;
  readonly reserved: ReservedLabel | null;
  /** Null where no feed names it, or none is at hand: the report says which are. */
  readonly reputation: ReputationLabel | null;
}

/** Of an address of which nothing is known. */
export const NO_LABELS: AddressLabels = { network: null, acknowledged: null, reserved: null, reputation: null };
