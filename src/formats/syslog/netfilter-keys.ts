/** The first four octets of each field that netfilter logs, as numbers to switch by. Shorter names end with zero octets. */

/** Four octets as one number. */
export function four(a: number, b: number, c: number, d: number): number {
  return (a << 24) | (b << 16) | (c << 8) | d;
}

function key(text: string): number {
  return four(text.charCodeAt(0), text.charCodeAt(1), text.charCodeAt(2), text.charCodeAt(3));
}

export const SRC = key("SRC=");
export const DST = key("DST=");
export const LEN = key("LEN=");
export const TOS = key("TOS=");
export const PREC = key("PREC");
export const TTL = key("TTL=");
export const PROT = key("PROT");
export const SPT = key("SPT=");
export const DPT = key("DPT=");
export const SEQ = key("SEQ=");
export const ACK_NUMBER = key("ACK=");
export const WIND = key("WIND");
export const RES = key("RES=");
export const URGP = key("URGP");
export const OPT = key("OPT ");
export const TYPE = key("TYPE");
export const CODE = key("CODE");
export const FRAG = key("FRAG");
export const MAC = key("MAC=");
export const HOPL = key("HOPL");
export const INCO = key("INCO");
export const IN = key("IN=\0");
export const ID = key("ID=\0");
export const TC = key("TC=\0");
export const DF = key("DF \0");
export const MF = key("MF \0");
export const CE = key("CE \0");
export const SYN = key("SYN ");
export const ACK = key("ACK ");
export const FIN = key("FIN ");
export const RST = key("RST ");
export const PSH = key("PSH ");
export const URG = key("URG ");
export const ECE = key("ECE ");
export const CWR = key("CWR ");
export const ARP = key("ARP ");
export const IPSR = key("IPSR");
export const IPDS = key("IPDS");
export const OPCO = key("OPCO");
