import { expect, test } from "vitest";
import { TCP_ACK, TCP_FIN, TCP_PSH, TCP_SYN, TCP_URG } from "../../model/protocol.ts";
import { flagsOf, protocolOf } from "./cell-values.ts";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

test.each([
  ["6", 6],
  ["TCP", 6],
  ["udp", 17],
  ["ICMP", 1],
  ["IPv6-ICMP", 58],
  ["icmp6", 58],
  ["UDPLite", 136],
  ["0", 0],
  ["256", Number.NaN],
  ["tcpx", Number.NaN],
  ["", Number.NaN],
])("protocol %s is %d", (text, number) => {
  expect(protocolOf(bytesOf(text), 0, text.length)).toBe(number);
});

test.each([
  ["2", "auto", TCP_SYN],
  ["18", "auto", TCP_SYN | TCP_ACK],
  ["0x12", "auto", TCP_SYN | TCP_ACK],
  ["12", "hex", TCP_SYN | TCP_ACK],
  ["0x02", "hex", TCP_SYN],
  ["S", "auto", TCP_SYN],
  ["SA", "auto", TCP_SYN | TCP_ACK],
  [".AP.SF", "auto", TCP_ACK | TCP_PSH | TCP_SYN | TCP_FIN],
  ["......", "auto", 0],
  ["SYN,ACK", "auto", TCP_SYN | TCP_ACK],
  ["fin|psh|urg", "auto", TCP_FIN | TCP_PSH | TCP_URG],
  ["[SYN ACK]", "auto", TCP_SYN | TCP_ACK],
  ["CON", "auto", Number.NaN],
  ["70000", "auto", Number.NaN],
  ["0x", "auto", Number.NaN],
  ["zz", "hex", Number.NaN],
] as const)("flags %s (%s) are %d", (text, style, flags) => {
  expect(flagsOf(bytesOf(text), 0, text.length, style)).toBe(flags);
});
