/** Clients that ask in vain, in words: the same on the screen, in Markdown and on the page. */
import type { Persistence } from "../model/finding.ts";
import type { Report } from "../model/report.ts";
import { portList } from "./port-name.ts";
import { counted, duration } from "./quantity.ts";

/** Null where there are none. */
export function persistenceHeadline({ persistenceTotal }: Report): string | null {
  if (persistenceTotal === 0) return null;
  return `${counted(persistenceTotal, "source")} ${persistenceTotal === 1 ? "keeps" : "keep"} asking for what nobody serves: ${persistenceTotal === 1 ? "a broken client, no scanner" : "broken clients, no scanners"}`;
}

/** "192.0.2.7 asked 198.51.100.9 for TCP/5432 (postgresql): 412 packets in 5 h 2 min, refused". */
export function persistenceSentence({ source, targets, ports, packets, firstSeen, lastSeen, wasRefused, transport }: Persistence): string {
  const service = `${portList(ports, ports.length, transport)} ${transport.toUpperCase()}`;
  const met = wasRefused ? "refused" : "never answered";
  return `${source} asked ${targets.join(" and ")} for ${service}: ${counted(packets, "packet")} in ${duration(lastSeen - firstSeen)}, ${met}`;
}
