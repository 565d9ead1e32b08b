/** Whether sources are who they seem to be. */

export type SpoofingVerdict = "real" | "partly-spoofed" | "spoofed" | "cannot-tell";

/** One thing that speaks for or against real sources. */
export interface SpoofingEvidence {
  readonly kind:
    | "completed-handshakes"
    | "retransmissions"
    | "ttl-spread"
    | "decoys"
    | "impossible-origins"
    | "uniformity"
    | "one-packet-sources"
    | "answers-heeded";
  readonly leans: "real" | "spoofed";
  /** Logarithm (base 10) of the likelihood ratio, above 0. */
  readonly weight: number;
  readonly sentence: string;
}

/** The verdict on one body of traffic. */
export interface Spoofing {
  readonly subject: "scans" | "port-zero" | "floods";
  readonly sources: number;
  readonly verdict: SpoofingVerdict;
  /** Heaviest first. */
  readonly evidence: readonly SpoofingEvidence[];
}
