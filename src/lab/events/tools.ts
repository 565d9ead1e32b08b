/** One horizontal scan by each tool that leaves a mark, and by those whose new versions leave none. */
import { formatIPv4 } from "../../model/address.ts";
import { Recorder, type LabEvent } from "../event.ts";
import { publicAddress } from "../population.ts";
import { hpingProber, masscanProber, miraiProber, nmapProber, unicornscanProber, zmapProber, type MakeProber } from "../prober.ts";
import { tcpScan } from "../scanning.ts";
import { scanTruth } from "../truth.ts";
import { shapeContacts } from "./scans.ts";

function toolEvent(name: string, title: string, make: MakeProber, ports: readonly number[]): LabEvent {
  return {
    name: `tool-${name}`,
    title,
    make(random, options) {
      const recorder = new Recorder(random, options, 300);
      const source = publicAddress(random);
      const chosen = name === "mirai" ? ports : [random.pick(ports)];
      const targets = recorder.site.addresses(random, recorder.count(random.integer(120, 400)));
      const prober = make(random, source);
      const gap = recorder.duration / targets.length;
      // Mirai asks for 23 nine times in ten and for 2323 else, one of the two a target.
      const contacts =
        name === "mirai"
          ? targets.map((target) => [target, random.chance(0.9) ? 23 : 2323] as const)
          : shapeContacts(random, targets, chosen);
      tcpScan(recorder, prober, { technique: "syn", contacts, start: recorder.start, gap: () => random.exponential(gap) });
      return recorder.finish(`tool-${name}`, {
        reading: name === "mirai" ? "worm-or-botnet" : "vulnerability-search",
        scans: [
          scanTruth({
            source: formatIPv4(source),
            kind: name === "mirai" ? "strobe" : "horizontal",
            technique: "syn",
            transport: "tcp",
            ports: chosen,
            targetCount: targets.length,
            tool: prober.tool,
          }),
        ],
      });
    },
  };
}

const WEB_PORTS = [80, 443, 8080, 8443];

export const TOOL_SCANS: readonly LabEvent[] = [
  toolEvent("mirai", "Mirai: sequence number = destination address, ports 23 and 2323", miraiProber, [23, 2323]),
  toolEvent("masscan-old", "masscan 1.3.2: no options, window 1024", masscanProber("old"), WEB_PORTS),
  toolEvent("masscan-new", "masscan since: MSS 1460, window 1025", masscanProber("new"), WEB_PORTS),
  toolEvent("zmap-old", "ZMap before 4.1.0: ip.id 54321", zmapProber("old"), WEB_PORTS),
  toolEvent("zmap-new", "ZMap since 4.1.0: random ip.id, no certain mark", zmapProber("new"), WEB_PORTS),
  toolEvent("nmap", "nmap -sS: window 1024, MSS 1460 alone, mirrored sequence numbers", nmapProber("syn"), [22, 445, 3389]),
  toolEvent("unicornscan", "Unicornscan: sequence number from destination, ports and a key", unicornscanProber, WEB_PORTS),
  toolEvent("hping", "hping3: window 512, no options, source ports that rise by one", hpingProber, WEB_PORTS),
];
