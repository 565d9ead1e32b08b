/** Lines of pf's filterlog and of Cisco devices, one of each layout, with addresses for documentation. */

const V4 = "5,,,1000000103,igb0,match,block,in,4,0x0,,64,4660";
const V6 = "6,,,1000000105,igb1.27,match,pass,in,6,0x00,0xf6279,255";
const ENDS = "192.0.2.1,198.51.100.2";
const ENDS6 = "2001:db8::1,2001:db8::2";

/** What follows `filterlog[1]: `. */
export const FILTERLOG_RECORDS = [
  `${V4},0,DF,6,tcp,60,${ENDS},0,445,0,S,3364871769,,1024,,mss;sackOK;TS;nop;wscale`,
  `${V4},0,none,6,tcp,140,${ENDS},1,2,100,PAU,10:110,77,512,9,nop;nop;TS`,
  `${V4},0,none,6,tcp,60,${ENDS},errormsg='tcp 40 [bad hdr length 0 - too short < 20]',`,
  `${V4},0,none,6,tcp,40,${ENDS},0,0,-20,FS,errormsg='[bad hdr length 60 - too long, > 40]',`,
  `${V4},0,+,17,udp,1500,${ENDS},53,0,4000`,
  `${V4},1480,none,17,udp,520,${ENDS},`,
  `${V4},0,none,132,sctp,52,${ENDS},36412,0,20`,
  `${V4},0,none,136,udplite,52,${ENDS},datalength=32`,
  `${V4},0,none,1,icmp,84,${ENDS},request,37728,164`,
  `${V4},0,none,1,icmp,84,${ENDS},unreachport,203.0.113.9,UDP,064`,
  `${V4},0,none,1,icmp,84,${ENDS},datalength=64,unreach,filter-prohib,,,`,
  `${V6},tcp,6,40,${ENDS6},0,0,20,S,1:21,,0,,`,
  `${V6},UDP,17,48,${ENDS6},546,547,40`,
  `${V6},Fragment,44,512,${ENDS6},FRAG6, 0x0000abcd:1448|504,`,
  `${V6},icmp6,58,32,${ENDS6},datalength=32,neighbrsol,0,,,`,
] as const;

/** What follows the stamp of an ASA. */
export const ASA_MESSAGES = [
  "%ASA-2-106001: Inbound TCP connection denied from 192.0.2.1/0 to 198.51.100.2/445 flags SYN  on interface outside",
  "%ASA-2-106007: Deny inbound UDP from 192.0.2.1/53 to 198.51.100.2/0 due to DNS Query",
  "%ASA-3-106014: Deny inbound icmp src outside:192.0.2.1 dst inside:198.51.100.2(type 8, code 0)",
  "%ASA-6-106015: Deny TCP (no connection) from 192.0.2.1/443 to 198.51.100.2/40000 flags RST ACK  on interface outside",
  "%ASA-1-106021: Deny TCP reverse path check from 192.0.2.1 to 198.51.100.2 on interface outside",
  String.raw`%ASA-4-106023: Deny udp src v1:outside:192.0.2.1/0(LOCAL\u) dst NP Identity Ifc:198.51.100.2/domain by access-group "x" [0x0, 0x0]`,
  '%FTD-4-106023: Deny icmp src outside:2001:db8::1 dst inside:2001:db8::2 (type 128, code 0) by access-group "x"',
  "%ASA-session-6-106100: access-list x permitted tcp inside/192.0.2.1(1065) -> outside/198.51.100.2(53) hit-cnt 144 300-second interval",
  "%ASA-6-302013: Built inbound TCP connection 7 for outside:192.0.2.1/40000 (192.0.2.1/40000) to inside:10.0.0.2/443 (198.51.100.2/443)",
  "%ASA-6-302014: Teardown TCP connection 7 for outside:192.0.2.1/40000 to inside:10.0.0.2/443 duration 0:00:30 bytes 512 TCP FINs from inside",
  "%ASA-6-302014: Teardown TCP connection 8 for outside:192.0.2.1/40001 to inside:10.0.0.2/22 duration 0:00:00 bytes 0 TCP Reset-I",
  "%ASA-6-302016: Teardown UDP connection 9 for outside:192.0.2.1/53 to inside:10.0.0.2/40000 duration 0:00:00 bytes 148",
  "%ASA-6-302020: Built outbound ICMP connection for faddr 192.0.2.1/0 gaddr 203.0.113.1/7 laddr 10.0.0.2/7 type 8 code 0",
  "%ASA-4-313005: No matching connection for ICMP error message: icmp src o:192.0.2.1 dst i:198.51.100.2 (type 3, code 3) on o interface. Original IP payload: udp src 198.51.100.2/53 dst 203.0.113.9/0.",
  "%ASA-5-500003: Bad TCP hdr length (hdrlen=4, pktlen=74) from 192.0.2.1/0 to 198.51.100.2/0, flags: INVALID, on interface outside",
  "%PIX-4-500004: Invalid transport field for protocol=17, from 192.0.2.1/50230 to 198.51.100.2/0",
  "%ASA-3-710003: TCP access denied by ACL from 192.0.2.1/6370 to outside:198.51.100.2/ssh",
] as const;

/** What follows the stamp of a router. */
export const IOS_MESSAGES = [
  "%SEC-6-IPACCESSLOGP: list 101 denied tcp 192.0.2.1(0) -> 198.51.100.2(0), 1 packet",
  "%SEC-6-IPACCESSLOGP: list 101 denied udp 192.0.2.1(0) (TenGigabitEthernet3/3 0022.bd37.c800) -> 198.51.100.2(53), 20 packets",
  "%SEC-6-IPACCESSLOGDP: list 151 denied icmp 192.0.2.1 -> 198.51.100.2 (3/4), 1 packet",
  "%SEC-6-IPACCESSLOGNP: list 171 denied 89 192.0.2.1 -> 198.51.100.2, 1 packet",
  "%FMANFP-6-IPACCESSLOGP: F0/0: fman_fp_image: list a denied tcp 00-00-5E-00-53-23 192.0.2.1(5) Te0/1/1-> 198.51.100.2(6), 1 packet",
  "%IPV6_ACL-6-ACCESSLOGP: list x/10 permitted tcp 2001:db8::1(1027) -> 2001:db8::2(22), 9 packets",
  '%ACLLOG-5-ACLLOG_FLOW_INTERVAL: Src IP: 192.0.2.1, Dst IP: 198.51.100.2, Src Port: 0, Dst Port: 0, Src Intf: E4/1, Protocol: "UDP"(17), Hit-count = 25',
] as const;
