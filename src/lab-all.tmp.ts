import { decodeBytes } from "./formats/decode-bytes.ts";
import { ObservationWriter } from "./formats/format.ts";
import { PCAP } from "./formats/index.ts";
import { encodeCapture, EVENTS, makeEvent } from "./lab/index.ts";
import { parseNetwork } from "./model/address.ts";
import { ObservationBatch } from "./model/observation.ts";
import { Observer } from "./observe/index.ts";
import { detect } from "./detect/index.ts";
for (const event of EVENTS)
  for (const seed of [1]) {
    const { packets, truth } = makeEvent(event.name, seed);
    const bytes = encodeCapture(packets);
    const observer = new Observer();
    const writer = new ObservationWriter(new ObservationBatch(), (batch) => {
      observer.observe(batch);
      batch.length = 0;
      return batch;
    });
    decodeBytes(bytes, writer, PCAP);
    const home = truth.home.map((t) => parseNetwork(t)).filter((n) => n !== null);
    const d = detect(observer.finish(), { home });
    if (d.spoofing.length > 0) console.log(`${event.name} ${seed}: ${truth.reading}; ${d.scansTotal} scans, ${d.campaignsTotal} campaigns`);
    for (const c of d.spoofing)
      console.log(
        `   ${c.subject} ${c.sources} ${c.verdict}: ${c.evidence.map((t) => `\n      ${t.leans} ${t.kind} ${t.weight.toFixed(1)}: ${t.sentence}`).join("")}`,
      );
  }
