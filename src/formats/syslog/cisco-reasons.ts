/** Why a Cisco message gave no row: one wording for all devices. */

/** A fault. */
export const BROKEN = "Cisco message with another text than documented";
/** Whole, with nothing to observe. */
export const NAMED = "Cisco message with a name in place of an address";
export const NO_DESTINATION = "Cisco message without a destination";
export const NO_PROTOCOL = "Cisco message without a protocol";
/** Translation between the versions (NAT64): there is no packet from the one to the other. */
export const MIXED = "Cisco message between an IPv4 and an IPv6 address";
