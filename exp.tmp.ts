import { openInProcess } from "/tmp/st4/src/store/in-process.ts";
import * as series from "/tmp/st4/src/store/series-questions.ts";
import * as activity from "/tmp/st4/src/store/activity-questions.ts";
import { sensorLiveness } from "/tmp/st4/src/store/liveness-questions.ts";
const folder = process.argv[2]!;
const engine = await openInProcess(folder);
const to = 1_388_534_400; // placeholder
const [r] = await engine.rows<{ m: number }>("SELECT toUnixTimestamp(max(time))+300 AS m FROM precursor.liveness");
const end = r!.m;
console.log("end", new Date(end * 1000).toISOString());
const DAY = 86400;
export async function timed(name: string, f: () => Promise<unknown>, runs = 9) {
  await f();
  const w: number[] = []; const c: number[] = [];
  for (let i = 0; i < runs; i++) { const b = process.cpuUsage(); const t = performance.now(); await f(); w.push(performance.now() - t); const u = process.cpuUsage(b); c.push((u.user + u.system) / 1000); }
  w.sort((a, b) => a - b); c.sort((a, b) => a - b);
  console.log(name.padEnd(50), "wall min/mid", w[0]!.toFixed(0), w[runs >> 1]!.toFixed(0), "cpu min/mid", c[0]!.toFixed(0), c[runs >> 1]!.toFixed(0));
}
const last = (s: number) => ({ from: end - s, to: end });
for (const [n, s] of [["24h", DAY], ["7d", 7 * DAY], ["30d", 30 * DAY]] as const) {
  await timed(n + " movers", () => series.topSeries(engine, last(s), 20));
  await timed(n + " sources", () => activity.topSources(engine, last(s), null, 20));
  await timed(n + " networks", () => activity.topNetworks(engine, last(s), 20));
  await timed(n + " sensors", () => sensorLiveness(engine, last(s)));
  await timed(n + " all", () => Promise.all([series.topSeries(engine, last(s), 20), activity.topSources(engine, last(s), null, 20), activity.topNetworks(engine, last(s), 20), sensorLiveness(engine, last(s))]));
}
console.log(await engine.rows("SELECT metric, value FROM system.metrics WHERE metric ILIKE '%UncompressedCache%'"), process.memoryUsage().rss/1e6);
await engine.close();
