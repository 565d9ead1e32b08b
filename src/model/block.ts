/** What is to be blocked, whatever the device: assessing says it, responding writes it in a platform's language. */

/** One end of a transport header that is zero. */
export interface PortZeroMatch {
  readonly transport: "tcp" | "udp";
  readonly end: "source" | "destination";
}

/** No honest stack sends these. */
export const PORT_ZERO_MATCHES: readonly PortZeroMatch[] = [
  { transport: "tcp", end: "source" },
  { transport: "tcp", end: "destination" },
  { transport: "udp", end: "destination" },
];
/** Legal: RFC 768 lets a sender that wants no answer write 0. So it is asked for apart. */
export const UDP_SOURCE_ZERO: PortZeroMatch = { transport: "udp", end: "source" };

/** What to drop, and for how long. */
export interface Block {
  /** Empty where port zero is left alone. */
  readonly portZero: readonly PortZeroMatch[];
  /** Networks in CIDR notation from which everything is dropped, IPv4 and IPv6; empty where nobody is blocked. */
  readonly sources: readonly string[];
  /** Seconds until the rules should go; null for no end. */
  readonly seconds: number | null;
}

/** Somebody who gave reason to be blocked, or was asked for, and is not. */
export interface LeftOut {
  readonly network: string;
  /** Goes on after "is": "a public resolver (Google)", "fewer than 50 contacts". */
  readonly reason: string;
}

/** A block that somebody asks rules for. */
export interface BlockRequest extends Block {
  /** For which versions of IP port zero is dropped. */
  readonly families: readonly (4 | 6)[];
  /** Incident, ticket or report that it is for, in letters, digits and `.:#/_ -`; null for none. */
  readonly incident: string | null;
  /** The defended networks, for platforms that say whom traffic is for; may be empty. */
  readonly home: readonly string[];
  /** Seconds since 1970. */
  readonly madeAt: number;
}
