/** What a service on the Internet says of an address, where the user asked for it to be asked. */

export const ONLINE_SERVICES = ["greynoise", "abuseipdb", "dshield"] as const;
export type OnlineServiceId = (typeof ONLINE_SERVICES)[number];

/** `seen` is what a service reports without judging it. */
export const ONLINE_VERDICTS = ["malicious", "suspicious", "benign", "seen", "not-seen"] as const;
export type OnlineVerdict = (typeof ONLINE_VERDICTS)[number];

/** What one service says of one address. */
export interface OnlineAnswer {
  readonly verdict: OnlineVerdict;
  /** One sentence with the service's own numbers. */
  readonly summary: string;
  /** The service's own score between 0 and 100, where it has one. */
  readonly score: number | null;
  /** Whose the address is, as the service has it. */
  readonly name: string | null;
  /** ISO date of what it saw last. */
  readonly lastSeen: string | null;
}

/** What became of one question. */
export interface OnlineResult {
  readonly service: OnlineServiceId;
  readonly name: string;
  /** Whether the question left the machine now; an answer without it is one that was remembered. */
  readonly asked: boolean;
  /** Seconds since 1970: of the answer. */
  readonly at: number | null;
  readonly answer: OnlineAnswer | null;
  /** Why there is no answer. */
  readonly reason: string | null;
}
