/**
 * Scanning tools as their packets look on the wire: what nmap, masscan, ZMap, Unicornscan, hping and Mirai put into a TCP probe.
 * Sources: each tool's own sending code and captures of the tools; Ghiette et al. 2016 for Nmap's and Unicornscan's sequence numbers.
 */
import type { ToolName } from "../model/activity.ts";
import type { Technique } from "../model/finding.ts";
import { TCP_ACK, TCP_FIN, TCP_PSH, TCP_SYN, TCP_URG } from "../model/protocol.ts";
import type { IpFields, TcpFields } from "./packet.ts";
import { arrivingTtl, ephemeralPort } from "./population.ts";
import type { Random } from "./random.ts";
import { LINUX, synOptions } from "./stack.ts";

/** What a tool sends to one port; `attempt` is 0 for the first try. */
export interface Prober {
  readonly tool: ToolName | null;
  readonly source: number;
  probe(target: number, port: number, attempt: number): { readonly ip: IpFields; readonly tcp: TcpFields };
}
export type MakeProber = (random: Random, source: number) => Prober;

const MSS_1460 = Uint8Array.of(2, 4, 0x05, 0xb4);
/** ZMap 4's default option set, that of Windows: MSS, NOP, window scale 8, NOP, NOP, SACK permitted. */
const ZMAP_WINDOWS = Uint8Array.of(2, 4, 0x05, 0xb4, 1, 3, 3, 8, 1, 1, 4, 2);

/** TCP flags of the techniques that nmap sends raw. */
const TECHNIQUE_FLAGS: ReadonlyMap<Technique, number> = new Map([
  ["syn", TCP_SYN],
  ["connect", TCP_SYN],
  ["fin", TCP_FIN],
  ["null", 0],
  ["xmas", TCP_FIN | TCP_PSH | TCP_URG],
  ["maimon", TCP_FIN | TCP_ACK],
  ["ack", TCP_ACK],
  ["window", TCP_ACK],
]);

/** nmap: random TTL of 37 to 59, window 1024, one source port and a sequence number whose halves mirror the attempt. */
export function nmapProber(technique: Technique): MakeProber {
  const flags = TECHNIQUE_FLAGS.get(technique) ?? TCP_SYN;
  return (random, source) => {
    const mask = random.word();
    const sourcePort = random.integer(33_000, 64_000);
    const hops = random.integer(0, 15);
    return {
      tool: technique === "syn" ? "nmap" : null,
      source,
      probe(target, port, attempt) {
        const half = ((attempt & 255) << 8) | (attempt & 255);
        const number = (mask ^ ((half << 16) | half)) >>> 0;
        const bare = flags === TCP_ACK;
        return {
          ip: { source, destination: target, ttl: random.integer(37, 59) - hops, id: random.integer(0, 65_535) },
          tcp: {
            sourcePort: sourcePort + (attempt & 255),
            destinationPort: port,
            flags,
            sequence: bare ? 0 : number,
            acknowledgement: flags & TCP_ACK ? number : 0,
            window: 1024,
            ...(flags === TCP_SYN && { options: MSS_1460 }),
          },
        };
      },
    };
  };
}

/** An operating system's own connect(): a port and a sequence number of its own for every try. */
export const connectProber: MakeProber = (random, source) => {
  const ttl = arrivingTtl(random, 64);
  const clock = random.word();
  return {
    tool: null,
    source,
    probe(target, port) {
      return {
        ip: { source, destination: target, ttl, id: random.integer(0, 65_535), dontFragment: true },
        tcp: {
          sourcePort: ephemeralPort(random),
          destinationPort: port,
          flags: TCP_SYN,
          sequence: random.word(),
          window: LINUX.window,
          options: synOptions(LINUX, clock),
        },
      };
    },
  };
};

/** masscan: ip.id = destination ^ port ^ sequence; TTL 255. Version 1.3.2 and older send no options and window 1024, newer ones MSS 1460 and window 1025. */
export function masscanProber(age: "old" | "new"): MakeProber {
  return (random, source) => {
    const sourcePort = random.integer(40_000, 59_999);
    const ttl = arrivingTtl(random, 255);
    return {
      tool: "masscan",
      source,
      probe(target, port) {
        const sequence = random.word();
        return {
          ip: { source, destination: target, ttl, id: (target ^ port ^ sequence) & 0xffff },
          tcp: {
            sourcePort,
            destinationPort: port,
            flags: TCP_SYN,
            sequence,
            window: age === "old" ? 1024 : 1025,
            ...(age === "new" && { options: MSS_1460 }),
          },
        };
      },
    };
  };
}

/** ZMap: window 65535, TTL 255; ip.id 54321 and no options before 4.1.0, random and Windows' options since. */
export function zmapProber(age: "old" | "new"): MakeProber {
  return (random, source) => {
    const ttl = arrivingTtl(random, 255);
    return {
      tool: age === "old" ? "zmap" : null, // nothing certain marks the new version
      source,
      probe(target, port) {
        return {
          ip: { source, destination: target, ttl, id: age === "old" ? 54_321 : random.integer(0, 65_535) },
          tcp: {
            sourcePort: random.integer(32_768, 61_000),
            destinationPort: port,
            flags: TCP_SYN,
            sequence: random.word(),
            window: 65_535,
            ...(age === "new" && { options: ZMAP_WINDOWS }),
          },
        };
      },
    };
  };
}

/** Unicornscan in its default dress (a Cisco router): sequence = key ^ destination as a little-endian machine holds it ^ (destination port, source port). */
export const unicornscanProber: MakeProber = (random, source) => {
  const key = random.word();
  const ttl = arrivingTtl(random, 255);
  return {
    tool: "unicornscan",
    source,
    probe(target, port) {
      const sourcePort = random.integer(4096, 65_535);
      const swapped = ((target & 255) << 24) | ((target & 0xff00) << 8) | ((target >>> 8) & 0xff00) | (target >>> 24);
      return {
        ip: { source, destination: target, ttl, id: random.integer(0, 65_535) },
        tcp: {
          sourcePort,
          destinationPort: port,
          flags: TCP_SYN,
          sequence: (key ^ swapped ^ ((port << 16) | sourcePort)) >>> 0,
          window: 4128,
          options: MSS_1460,
        },
      };
    },
  };
};

/** hping3: window 512, TTL 64, no options, a source port that rises by one, random sequence and acknowledgement numbers. */
export const hpingProber: MakeProber = (random, source) => {
  let sourcePort = random.integer(1024, 3000);
  const ttl = arrivingTtl(random, 64);
  return {
    tool: "hping",
    source,
    probe(target, port) {
      return {
        ip: { source, destination: target, ttl, id: random.integer(1, 65_535) },
        tcp: {
          sourcePort: sourcePort++ & 0xffff,
          destinationPort: port,
          flags: TCP_SYN,
          sequence: random.word() >>> 1,
          acknowledgement: random.word() >>> 1,
          window: 512,
        },
      };
    },
  };
};

/** Mirai: the sequence number is the destination address; window, source port and ip.id random. */
export const miraiProber: MakeProber = (random, source) => {
  const window = random.integer(1000, 65_535);
  const ttl = arrivingTtl(random, 64);
  return {
    tool: "mirai",
    source,
    probe(target, port) {
      return {
        ip: { source, destination: target, ttl, id: random.integer(0, 65_535) },
        tcp: { sourcePort: random.integer(1024, 65_535), destinationPort: port, flags: TCP_SYN, sequence: target, window },
      };
    },
  };
};
