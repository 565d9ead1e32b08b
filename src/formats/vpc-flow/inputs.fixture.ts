/** VPC Flow Logs as AWS documents them, with addresses for documentation. */
import type { FormatInput } from "../conformance.fixture.ts";
import { VPC_FLOW } from "./vpc-flow.ts";

const octets = (...lines: readonly string[]): Uint8Array => new TextEncoder().encode(`${lines.join("\n")}\n`);

/** The default order: SSH let through, RDP turned away, a ping, no traffic, flows not logged, IPv6. */
export const DEFAULT_LINES = [
  "2 123456789010 eni-1235b8ca123456789 198.51.100.139 192.0.2.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK",
  "2 123456789010 eni-1235b8ca123456789 198.51.100.69 192.0.2.12 49761 3389 6 2 120 1418530010 1418530070 REJECT OK",
  "2 123456789010 eni-1235b8ca123456789 203.0.113.12 192.0.2.12 0 0 1 4 336 1432917027 1432917142 ACCEPT OK",
  "2 123456789010 eni-1235b8ca123456789 - - - - - - - 1431280876 1431280934 - NODATA",
  "2 123456789010 eni-11111111aaaaaaaaa - - - - - - - 1431280876 1431280934 - SKIPDATA",
  "2 123456789010 eni-1235b8ca123456789 2001:db8:1234:a100::f2 2001:db8:1234:a102::2e 0 445 6 1 60 1477913708 1477913820 REJECT OK",
] as const;

const CUSTOM_HEADER =
  "version vpc-id interface-id account-id type srcaddr dstaddr pkt-srcaddr pkt-dstaddr srcport dstport protocol tcp-flags bytes packets start end flow-direction action log-status";

/** A custom order with its header: a connection through a NAT gateway in both directions, an ACK alone, a flow without traffic. */
export const CUSTOM_LINES = [
  CUSTOM_HEADER,
  "5 vpc-abcdefab012345678 eni-aaaaaaaa012345678 123456789010 IPv4 192.0.2.9 192.0.2.21 198.51.100.7 192.0.2.21 43416 5001 6 3 568 8 1566848875 1566848933 ingress ACCEPT OK",
  "5 vpc-abcdefab012345678 eni-aaaaaaaa012345678 123456789010 IPv4 192.0.2.21 192.0.2.9 192.0.2.21 198.51.100.7 5001 43416 6 19 376 7 1566848875 1566848933 egress ACCEPT OK",
  "5 vpc-abcdefab012345678 eni-aaaaaaaa012345678 123456789010 IPv4 198.51.100.8 192.0.2.21 198.51.100.8 192.0.2.21 40000 5001 6 0 4000 3 1566848875 1566848933 ingress ACCEPT OK",
  "5 vpc-abcdefab012345678 eni-aaaaaaaa012345678 123456789010 - - - - - - - - - - - 1566848875 1566848933 - - NODATA",
] as const;

export const INPUTS: readonly FormatInput[] = [
  { name: "VPC Flow Logs, default order", format: VPC_FLOW, bytes: octets(...DEFAULT_LINES) },
  { name: "VPC Flow Logs, custom order", format: VPC_FLOW, bytes: octets(...CUSTOM_LINES) },
  {
    name: "VPC Flow Logs, exported from CloudWatch",
    format: VPC_FLOW,
    bytes: octets(...DEFAULT_LINES.map((line) => `2014-12-14T04:06:50.000Z ${line}`)),
  },
  {
    name: "VPC Flow Logs, CSV from Athena",
    format: VPC_FLOW,
    bytes: octets(
      '"interface_id","srcaddr","dstaddr","srcport","dstport","protocol","packets","bytes","start","end","action","log_status"',
      '"eni-1235b8ca123456789","198.51.100.69","192.0.2.12","49761","3389","6","2","120","1418530010","1418530070","REJECT","OK"',
    ),
  },
];
