/** Argus flows as the CTU data sets and as `ra -u -c ,` print them, for the laws that every format obeys. */
import type { FormatInput } from "../conformance.fixture.ts";
import { BINETFLOW } from "./binetflow.ts";

/** Columns of the CTU data sets. */
export const CTU = "StartTime,Dur,Proto,SrcAddr,Sport,Dir,DstAddr,Dport,State,sTos,dTos,TotPkts,TotBytes,SrcBytes,Label";
/** Columns of `ra` with both sides apart. */
export const RA =
  "StartTime,Dur,Flgs,Proto,SrcAddr,Sport,Dir,DstAddr,Dport,State,SrcPkts,DstPkts,SrcBytes,DstBytes,SAppBytes,DAppBytes,sTtl,dTtl";

const CTU_LINES = [
  CTU,
  "2013/11/02 01:00:00.125000,1.375000,tcp,192.0.2.1,0,   ->,198.51.100.2,445,S_RA,0,0,2,114,60,flow=From-Botnet-V42-TCP-Attempt",
  "2013/11/02 01:00:01.125000,3.000000,tcp,192.0.2.1,40000,   ->,198.51.100.2,80,FSPA_FSPA,0,0,12,5000,900,flow=Background",
  "2013/11/02 01:00:02.125000,0.000000,udp,192.0.2.1,53,   ->,198.51.100.2,5353,INT,0,,1,90,90,",
  "2013/11/02 01:00:03.125000,0.010000,icmp,192.0.2.1,0x0008,  <->,198.51.100.2,0x7208,ECO,0,0,2,212,106,",
  "2013/11/02 01:00:04.125000,0.000000,arp,192.0.2.1,,  who,198.51.100.2,,INT,,,1,60,60,",
];

const RA_LINES = [
  RA,
  "1383354000.125000,0.013105,          ,man,0,0,,0,0,STA,0,0,0,0,0,0,,",
  "1383354000.125000,0.000000, e        ,tcp,192.0.2.1,0,   ->,198.51.100.2,445,S_,1,0,74,0,0,0,64,",
  "1383354001.125000,0.500000, e        ,tcp,2001:db8::1,40000,  <?>,2001:db8::2,80,PA_PA,3,2,1000,900,800,700,64,60",
  "1383354002.125000,0.500000, e    F   ,tcp,192.0.2.1,0,   ?>,198.51.100.2,0,FSRAUE_,9,0,500,0,0,0,64,",
  "1383354003.125000,0.000000, e        ,ipv6-icmp,2001:db8::1,128,   ->,2001:db8::2,0,ECO,1,0,118,0,0,0,64,",
];

const text = (lines: readonly string[]): Uint8Array => new TextEncoder().encode(`${lines.join("\n")}\n`);

export const INPUTS: readonly FormatInput[] = [
  { name: "binetflow", format: BINETFLOW, bytes: text(CTU_LINES) },
  { name: "binetflow, ra", format: BINETFLOW, bytes: text(RA_LINES) },
];
