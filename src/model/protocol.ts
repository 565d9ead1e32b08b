/**
 * Protocol numbers and TCP flag bits, as on the wire.
 * Sources: IANA protocol-numbers; RFC 9293 §3.1 (flags), RFC 3168 (ECE, CWR), RFC 9768 (AE, the former NS bit).
 */

export const PROTOCOL_ICMP = 1;
export const PROTOCOL_TCP = 6;
export const PROTOCOL_UDP = 17;
export const PROTOCOL_DCCP = 33;
export const PROTOCOL_ICMPV6 = 58;
export const PROTOCOL_SCTP = 132;
export const PROTOCOL_UDP_LITE = 136;
/** ARP has no IP protocol number: its EtherType stands in, above the 8-bit range, so it can never collide. */
export const PROTOCOL_ARP = 0x0806;

export const TCP_FIN = 0x001;
export const TCP_SYN = 0x002;
export const TCP_RST = 0x004;
export const TCP_PSH = 0x008;
export const TCP_ACK = 0x010;
export const TCP_URG = 0x020;
export const TCP_ECE = 0x040;
export const TCP_CWR = 0x080;
export const TCP_AE = 0x100;

/** Transports whose header carries ports at offset 0 and 2. Everything else has none, whatever a log prints. */
export function hasPorts(protocol: number): boolean {
  return (
    protocol === PROTOCOL_TCP ||
    protocol === PROTOCOL_UDP ||
    protocol === PROTOCOL_SCTP ||
    protocol === PROTOCOL_DCCP ||
    protocol === PROTOCOL_UDP_LITE
  );
}
