/** What stands for an ICMP type that a log line does not tell. */

/** Reserved in ICMP and ICMPv6, so that it is neither a request nor an answer; 0 would be an echo reply. */
export const ICMP_TYPE_UNKNOWN = 255;
