/** What is known of an address beside what it did. Each label says from which list, and how old that is. */
import type { ReputationLabel } from "./reputation.ts";

export interface Provenance {
  /** The list: "geo-whois-asn-country", "RFC 6890", "precursor acknowledged scanners". */
  readonly list: string;
  /** ISO date of the data, or null where the list does not tell. */
  readonly date: string | null;
}

/** What a network is for, where data or its name tell; null rather than a guess. */
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

/** What DNS says of an address; asked only where the user wants it. */
export interface NameLabel {
  /** Host name of the address, in lower case, without the last dot. */
  readonly name: string;
  /** Whether the name leads back to the address: only the owner of the name can see to that. */
  readonly forwardConfirmed: boolean;
  /** What the name lays claim to without bearing it out, as a sentence; null where it claims nothing. */
  readonly doubt: string | null;
}

/** What asking DNS for names came to. */
export interface NameLookups {
  /** The resolvers asked: addresses, with ports where unusual. */
  readonly servers: readonly string[];
  readonly asked: number;
  readonly named: number;
  readonly confirmed: number;
  /** No answer in time, or an error of the resolver. */
  readonly failed: number;
  /** Sources beyond the bound on look-ups, or on their time. */
  readonly leftOut: number;
}

export interface AddressLabels {
  readonly network: NetworkLabel | null;
  readonly acknowledged: AcknowledgedLabel | null;
  readonly reserved: ReservedLabel | null;
  /** Null where no feed names it, or none is at hand: the report says which are. */
  readonly reputation: ReputationLabel | null;
  /** Absent or null where DNS was not asked, or knows no name. */
  readonly name?: NameLabel | null;
  /** As what very many rely on it, so that blocking it is an outage: "a public resolver (Google)". Absent or null where nobody is known to. */
  readonly reliedUpon?: string | null;
}

/** Of an address of which nothing is known. */
export const NO_LABELS: AddressLabels = { network: null, acknowledged: null, reserved: null, reputation: null };
