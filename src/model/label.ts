/** What is known of an address beside what it did. Each label says from which list, and how old that is. */

export interface Provenance {
  /** The list: "geo-whois-asn-country", "RFC 6890", "precursor acknowledged scanners". */
  readonly list: string;
  /** ISO date of the data, or null where the list does not tell. */
  readonly date: string | null;
}

export interface NetworkLabel extends Provenance {
  readonly asn: number | null;
  readonly name: string | null;
  /** ISO 3166-1 alpha-2: where the address is registered. Weak evidence; never scored. */
  readonly country: string | null;
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
}
