/** Blocks that tests of platforms share. The sources are those that Cisco named on 2 November 2013, and made-up IPv6 ones. */
import { type BlockRequest, PORT_ZERO_MATCHES, UDP_SOURCE_ZERO } from "../model/block.ts";

/** 2013-11-02T01:00:00Z. */
const MADE_AT = 1_383_354_000;

export const PORT_ZERO: BlockRequest = {
  portZero: PORT_ZERO_MATCHES,
  sources: [],
  seconds: 7 * 86_400,
  families: [4, 6],
  incident: "INC-42",
  home: [],
  madeAt: MADE_AT,
};
export const EVERYTHING: BlockRequest = {
  ...PORT_ZERO,
  portZero: [...PORT_ZERO_MATCHES, UDP_SOURCE_ZERO],
  sources: ["93.174.93.175", "80.82.64.0/22", "2a02:4780:1::/48", "2a02:4780:2::1"],
  home: ["45.80.10.0/24", "2a09:bac0::/32"],
};
export const SOURCES: BlockRequest = { ...EVERYTHING, portZero: [], incident: null };
export const WITHOUT_END: BlockRequest = { ...EVERYTHING, seconds: null, incident: "20131102T0100Z-tcp-source-0" };
export const ONLY_IPV4: BlockRequest = { ...PORT_ZERO, families: [4], incident: null };
export const NOBODY: BlockRequest = { ...SOURCES, sources: [] };

export const REQUESTS: readonly (readonly [name: string, request: BlockRequest])[] = [
  ["port zero", PORT_ZERO],
  ["everything", EVERYTHING],
  ["sources", SOURCES],
  ["no end", WITHOUT_END],
  ["IPv4 only", ONLY_IPV4],
  ["nobody", NOBODY],
];
