/** All platforms, in the order in which they are listed. A new one costs a file and a line here. */
import type { Platform } from "../platform.ts";
import { CIDR, IPSET, NFT_SET } from "./address-sets.ts";
import { AWS_NETWORK_ACL } from "./aws-network-acl.ts";
import { CISCO_ASA } from "./cisco-asa.ts";
import { CISCO_IOS } from "./cisco-ios.ts";
import { EXABGP } from "./exabgp.ts";
import { FORTIOS } from "./fortios.ts";
import { IPTABLES } from "./iptables.ts";
import { JUNOS } from "./junos.ts";
import { MIKROTIK } from "./mikrotik.ts";
import { NFTABLES } from "./nftables.ts";
import { PAN_OS } from "./pan-os.ts";
import { PF } from "./pf.ts";
import { SURICATA } from "./suricata.ts";

export const PLATFORMS: readonly Platform[] = [
  NFTABLES,
  IPTABLES,
  PF,
  CISCO_IOS,
  CISCO_ASA,
  JUNOS,
  PAN_OS,
  FORTIOS,
  MIKROTIK,
  AWS_NETWORK_ACL,
  EXABGP,
  SURICATA,
  CIDR,
  NFT_SET,
  IPSET,
];
