/** Which tool made the probes, from the marks that single packets carry (Durumeric 2014; Ghiette 2016; domain: tool fingerprints). */
import { TOOLS } from "../model/activity.ts";
import type { SourceView, ToolName } from "../model/activity.ts";

interface Support {
  /** Fewest marked packets. */
  readonly packets: number;
  /** Fewest marked packets as a share of all. */
  readonly share: number;
}

/**
 * What each mark must show, in order of trust.
 * Mirai's (sequence = destination) comes by chance once in 2^32 packets: one is strong. Masscan's (16 bits of a hash) once in 65,536 and
 * ZMap's (ip.id 54321) likewise: two, and far more than chance leaves. Nmap's, hping's and Unicornscan's are habits that others share:
 * several, and most of the packets. Unicornscan's is that packets imply the same key as the one before, which repeated packets do too.
 */
const SUPPORT: Readonly<Record<ToolName, Support>> = {
  mirai: { packets: 1, share: 0.02 },
  masscan: { packets: 2, share: 0.2 },
  zmap: { packets: 2, share: 0.2 },
  unicornscan: { packets: 5, share: 0.7 },
  nmap: { packets: 2, share: 0.5 },
  hping: { packets: 3, share: 0.5 },
};
const ORDER = (["mirai", "masscan", "zmap", "unicornscan", "nmap", "hping"] as const).map((name) => ({
  name,
  index: TOOLS.indexOf(name),
  ...SUPPORT[name],
}));
/** Chance of a 16-bit mark on a packet that does not mean it. */
const SIXTEEN_BIT_CHANCE = 2 ** -16;
/** How often above chance a 16-bit mark must come. */
const ABOVE_CHANCE = 10;

/** The tool of a source's packets in one class with the packets that carry its mark, or null. */
export function toolOf(
  view: Pick<SourceView, "packets" | "contactCount" | "toolPackets">,
): { readonly name: ToolName; readonly packets: number } | null {
  for (const { name, index, packets: fewest, share } of ORDER) {
    const packets = view.toolPackets(index);
    // Nmap's -sV follows its probes with connections by the system's stack, over and over to the open ports: contacts are the measure there.
    if (packets < fewest || packets < share * Math.min(view.packets, view.contactCount)) continue;
    if ((name === "masscan" || name === "zmap") && packets < ABOVE_CHANCE * SIXTEEN_BIT_CHANCE * view.packets) continue;
    return { name, packets };
  }
  return null;
}
