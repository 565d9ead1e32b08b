/** From octets to whom they meant: a site with hosts that talk, and a scan of one sector, of everything, of its hosts only. */
import { expect, test } from "vitest";
import { decodeBytes } from "../../formats/decode-bytes.ts";
import { ObservationWriter } from "../../formats/format.ts";
import { PCAP } from "../../formats/index.ts";
import { encodeCapture } from "../../lab/index.ts";
import { Recorder } from "../../lab/event.ts";
import { publicAddresses } from "../../lab/population.ts";
import { masscanProber } from "../../lab/prober.ts";
import { Random } from "../../lab/random.ts";
import { tcpScan } from "../../lab/scanning.ts";
import { TCP_ACK, TCP_SYN } from "../../model/protocol.ts";
import type { TargetFocus } from "../../model/asset.ts";
import { ObservationBatch } from "../../model/observation.ts";
import { Observer } from "../../observe/index.ts";
import { detect } from "../index.ts";
import { asset } from "./scans-at-home.fixture.ts";
import { formatIPv4 } from "../../model/address.ts";

/** Ten scanners ask targets of a drawn /20, whose hosts open a conversation each. */
function scanned(seed: number, choose: (recorder: Recorder, sector: readonly number[]) => number[]): TargetFocus {
  const random = new Random(seed);
  const recorder = new Recorder(random, {}, 600);
  const { site } = recorder;
  const base = site.networks[0]!.words[3];
  const [server = 0, ...scanners] = publicAddresses(random, 11);
  for (let at = 1; at < 4095; at++) {
    const source = base + at;
    if (!site.isLive(source)) continue;
    const time = recorder.moment();
    const ports = { sourcePort: 40_000 + (at % 20_000), destinationPort: 443 };
    recorder.tcp(time, { source, destination: server }, { ...ports, flags: TCP_SYN });
    recorder.tcp(
      time + 0.1,
      { source: server, destination: source },
      { sourcePort: 443, destinationPort: ports.sourcePort, flags: TCP_SYN | TCP_ACK },
    );
  }
  const sector = Array.from({ length: 512 }, (_, at) => base + 1024 + (at >= 256 ? 1024 : 0) + (at % 256));
  for (const source of scanners) {
    const contacts = choose(recorder, sector).map((target) => [target, 445] as const);
    tcpScan(recorder, masscanProber("new")(random, source), { technique: "syn", contacts, start: recorder.moment(), gap: () => 0.05 });
  }
  const observer = new Observer();
  const writer = new ObservationWriter(new ObservationBatch(), (batch) => {
    observer.observe(batch);
    batch.length = 0;
    return batch;
  });
  decodeBytes(encodeCapture(recorder.finish("focus", { reading: "targeted-reconnaissance" }).packets), writer, PCAP);
  const text = (offset: number, bits: number): string => `${formatIPv4(base + offset)}/${bits}`;
  const assets = [
    asset("offices", [text(0, 20)], { sector: "retail" }),
    asset("plant", [text(1024, 24), text(2048, 24)], { sector: "energy" }),
  ];
  const { focus } = detect(observer.finish(), { home: site.networks, assets });
  if (focus === null) throw new RangeError("nothing was found");
  return focus;
}

function verdict(focus: TargetFocus, aspect: string): string | undefined {
  const found = focus.tests.find((one) => one.aspect === aspect);
  return found?.verdict === "focused" ? `focused on ${found.group}` : found?.verdict;
}

test.each([1, 2, 3])("one sector, everything, and hosts only are told apart (seed %i)", (seed) => {
  const one = scanned(seed, ({ random }, sector) => random.shuffle(sector).slice(0, 40));
  expect([verdict(one, "sector"), verdict(one, "service")]).toEqual(["focused on energy", "focused on TCP/445"]);
  const all = scanned(seed, ({ random, site }) => site.addresses(random, 60));
  expect([verdict(all, "sector"), verdict(all, "exposure"), all.order]).toEqual(["spread", "spread", "random"]);
  const hosts = scanned(seed, ({ random, site }) => site.hosts(random, 40));
  expect([verdict(hosts, "exposure"), verdict(hosts, "sector")]).toEqual(["focused on live", "spread"]);
});
