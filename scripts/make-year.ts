/**
 * Writes the case of 2 November 2013 as a user would have it: node scripts/make-year.ts FOLDER [DAYS]. For each of twenty sensors a capture of
 * the year before (in all half a gigabyte; or of fewer days) and one of the day, what their networks hold, and two made-up lists of addresses.
 */
import { closeSync, mkdirSync, openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CaptureEncoder, writeWhole } from "../src/lab/capture-writer.ts";
import { SensorYear } from "../src/lab/history/sensor-year.ts";
import { formatNetwork } from "../src/model/address.ts";

const SEED = 2013;
const [folder, days = "366"] = process.argv.slice(2);
if (folder === undefined || !/^[1-9]\d{0,2}$/.test(days)) {
  process.stderr.write("usage: node scripts/make-year.ts FOLDER [DAYS]\n");
  process.exit(2);
}
const year = new SensorYear(SEED);
const assets = year.assets();
const event = Date.UTC(2013, 10, 2) / 1000;

/** A capture for each sensor, open side by side. */
function captures(name: string): { add(sensor: number, time: number, frame: Uint8Array): void; close(): void } {
  const files = assets.map((asset) => {
    const path = join(folder!, "sensors", asset.name);
    mkdirSync(path, { recursive: true });
    const file = openSync(join(path, name), "w");
    return { file, encoder: new CaptureEncoder({}, (chunk) => writeWhole(file, chunk)) };
  });
  return {
    add: (sensor, time, frame) => files[sensor]?.encoder.add(time, frame),
    close: () => {
      for (const { file, encoder } of files) {
        encoder.flush();
        closeSync(file);
      }
    },
  };
}

const history = captures("before.pcap");
const day = captures("2013-11-02.pcap");
let packets = 0;
for (const { start, packets: seen } of year.days(1, Number(days))) {
  for (const { time, frame, sensor } of seen) (start === event ? day : history).add(sensor, time, frame);
  packets += seen.length;
}
history.close();
day.close();

const lines = assets.map(
  ({ name, networks, sector }) => `  - { name: ${name}, networks: [${networks.map(formatNetwork).join(", ")}], sector: ${sector} }\n`,
);
writeFileSync(join(folder, "assets.yaml"), `assets:\n${lines.join("")}`);
mkdirSync(join(folder, "feeds"), { recursive: true });
for (const [feed, addresses] of year.feeds()) writeFileSync(join(folder, "feeds", `${feed}.txt`), `${addresses.join("\n")}\n`);
process.stderr.write(`${packets} packets of ${assets.length} sensors in ${join(folder, "sensors")}\n`);
