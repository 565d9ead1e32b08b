/** Records of both directions of an ICMP exchange tell one type: what the answer has instead. */
import { PROTOCOL_ICMPV6 } from "../model/protocol.ts";

/** The type of the answers to an echo or timestamp request (RFC 792, RFC 4443); others come back as they went. */
export function icmpAnswerTo(type: number, protocol: number): number {
  if (protocol === PROTOCOL_ICMPV6) return type === 128 ? 129 : type;
  return type === 8 ? 0 : type === 13 ? 14 : type;
}
