/**
 * `node bench/real-tools.ts [--only WORD] [--keep FOLDER [--again]]`: scans, floods and ordinary use by the real programs between two network
 * namespaces, captured at the border, and what Precursor says of each. Needs root, ip and tcpdump; cases whose tool is missing are skipped.
 * `--keep` leaves the captures in a folder, `--again` judges those that are there without making them anew.
 */
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import type { Report } from "../src/model/report.ts";
import { ASSESS_DEFAULTS, assess } from "../src/pipeline/assess.ts";
import { CLIENT, HOME, LAN_CLIENT, REAL_CASES, SERVICES_PROGRAM, type RealCase } from "./real-cases.ts";

const OUTSIDE = "precursor-out";
const INSIDE = "precursor-in";
const OUTER = "pc-out";
const INNER = "pc-in";
/** Time for tcpdump to open its socket, and to write what it has. */
const CAPTURE_MARGIN = 700;
const LONGEST_CASE = 90_000;

const { values } = parseArgs({
  options: { only: { type: "string" }, keep: { type: "string" }, again: { type: "boolean", default: false } },
});

if (values.again) await judgeAgain(values.keep ?? "");
else if (process.getuid?.() !== 0 || !has("ip") || !has("tcpdump")) console.log("real tools: needs root, ip and tcpdump; nothing was run");
else await main();

async function judgeAgain(folder: string): Promise<void> {
  let wrong = 0;
  const kept = REAL_CASES.filter(
    ({ name }) => existsSync(join(folder, `${name}.pcap`)) && (values.only === undefined || name.includes(values.only)),
  );
  for (const one of kept) if (await judge(one, join(folder, `${one.name}.pcap`))) wrong++;
  console.log(`\n${kept.length - wrong} right, ${wrong} wrong`);
}

async function main(): Promise<void> {
  const folder = values.keep ?? mkdtempSync(join(tmpdir(), "precursor-real-"));
  mkdirSync(folder, { recursive: true });
  const services: ChildProcess[] = [];
  const score = { right: 0, wrong: 0, skipped: 0 };
  try {
    makeNetwork();
    services.push(startServices(folder));
    await sleep(CAPTURE_MARGIN);
    for (const one of REAL_CASES) {
      if (values.only !== undefined && !one.name.includes(values.only)) continue;
      if (!has(one.tool)) {
        score.skipped++;
        console.log(`${one.name}: skipped, ${one.tool} is missing`);
        continue;
      }
      const capture = join(folder, `${one.name}.pcap`);
      await record(one, capture);
      const wrong = await judge(one, capture);
      score[wrong ? "wrong" : "right"]++;
    }
  } finally {
    for (const service of services) service.kill("SIGKILL");
    removeNetwork();
    if (values.keep === undefined) rmSync(folder, { recursive: true, force: true });
  }
  console.log(`\n${score.right} right, ${score.wrong} wrong, ${score.skipped} skipped`);
}

function has(tool: string): boolean {
  return spawnSync("sh", ["-c", `command -v ${tool}`]).status === 0;
}

function ip(command: string): void {
  const { status, stderr } = spawnSync("sh", ["-c", `ip ${command}`], { encoding: "utf8" });
  if (status !== 0) throw new Error(`ip ${command}: ${stderr.trim()}`);
}

/** Outside is a client on a routed link and on a LAN; inside is a site with 20 hosts of 254, the rest dark. */
function makeNetwork(): void {
  removeNetwork();
  ip(`netns add ${OUTSIDE}`);
  ip(`netns add ${INSIDE}`);
  ip(`link add ${OUTER} netns ${OUTSIDE} type veth peer name ${INNER} netns ${INSIDE}`);
  for (const [space, link] of [
    [OUTSIDE, OUTER],
    [INSIDE, INNER],
  ] as const) {
    ip(`-n ${space} link set lo up`);
    ip(`-n ${space} link set ${link} up`);
    spawnSync("ip", [
      "netns",
      "exec",
      space,
      "sh",
      "-c",
      "sysctl -qw net.ipv4.icmp_ratelimit=0 net.ipv4.conf.all.rp_filter=0 net.ipv6.icmp.ratelimit=0",
    ]);
  }
  ip(`-n ${OUTSIDE} addr add ${CLIENT}/24 dev ${OUTER}`);
  ip(`-n ${OUTSIDE} addr add ${LAN_CLIENT}/24 dev ${OUTER}`);
  ip(`-n ${OUTSIDE} -6 addr add 2001:db8:1::7/64 dev ${OUTER} nodad`);
  ip(`-n ${INSIDE} addr add 198.51.100.1/24 dev ${INNER}`);
  ip(`-n ${INSIDE} -6 addr add 2001:db8:1::1/64 dev ${INNER} nodad`);
  for (let host = 10; host < 30; host++) {
    ip(`-n ${INSIDE} addr add 203.0.113.${host}/32 dev lo`);
    ip(`-n ${INSIDE} addr add 192.168.77.${host}/24 dev ${INNER}`);
    ip(`-n ${INSIDE} -6 addr add 2001:db8:2::${host}/128 dev lo nodad`);
  }
  ip(`-n ${INSIDE} route add blackhole 203.0.113.0/24`);
  ip(`-n ${INSIDE} -6 route add blackhole 2001:db8:2::/64`);
  ip(`-n ${INSIDE} route add default via ${CLIENT}`);
  ip(`-n ${OUTSIDE} route add default via 198.51.100.1`);
  ip(`-n ${OUTSIDE} -6 route add default via 2001:db8:1::1`);
}

function removeNetwork(): void {
  for (const space of [OUTSIDE, INSIDE]) spawnSync("ip", ["netns", "del", space]);
}

function startServices(folder: string): ChildProcess {
  const program = join(folder, "services.mjs");
  writeFileSync(program, SERVICES_PROGRAM);
  return spawn("ip", ["netns", "exec", INSIDE, process.execPath, program], { stdio: "ignore" });
}

async function record(one: RealCase, capture: string): Promise<void> {
  const filter = one.captureFilter ?? "";
  const dump = spawn(
    "ip",
    [
      "netns",
      "exec",
      INSIDE,
      "tcpdump",
      "-i",
      INNER,
      "-s",
      "256",
      "-B",
      "16384",
      "-U",
      "-w",
      capture,
      ...filter.split(" ").filter((word) => word !== ""),
    ],
    {
      stdio: "ignore",
    },
  );
  await sleep(CAPTURE_MARGIN);
  const run = spawn("ip", ["netns", "exec", one.from === "inside" ? INSIDE : OUTSIDE, "bash", "-c", one.command], {
    stdio: "ignore",
    detached: true,
  });
  const timer = setTimeout(() => {
    if (run.pid !== undefined) process.kill(-run.pid, "SIGKILL");
  }, LONGEST_CASE);
  await new Promise((resolve) => run.once("exit", resolve));
  clearTimeout(timer);
  await sleep(CAPTURE_MARGIN);
  const ended = new Promise((resolve) => dump.once("exit", resolve));
  dump.kill("SIGINT");
  await ended;
}

/** Prints the verdict; true where it is wrong. */
async function judge(one: RealCase, capture: string): Promise<boolean> {
  const { report } = await assess({
    ...ASSESS_DEFAULTS,
    threads: 1,
    inputs: [capture],
    home: [HOME, "2001:db8:2::/64", "192.168.77.0/24"],
  });
  const mistakes = mistakesOf(one, report);
  const [first, second] = report.assessment.hypotheses;
  const reading = `${first?.id} ${first?.probability.toFixed(2)}, ${second?.id} ${second?.probability.toFixed(2)}, ${report.assessment.severity}`;
  const said = [...new Set(report.scans.map((scan) => `${scan.technique}/${scan.kind}${scan.tool === null ? "" : `/${scan.tool.name}`}`))];
  console.log(
    `${mistakes.length === 0 ? "right" : "WRONG"}  ${one.name}: ${report.scansTotal} scans [${said.slice(0, 6).join(" ")}], ${report.backscatterTotal} backscatter; ${reading}`,
  );
  for (const mistake of mistakes) console.log(`         ${mistake}`);
  return mistakes.length > 0;
}

function mistakesOf(one: RealCase, report: Report): string[] {
  const mistakes: string[] = [];
  const mine = report.scans.filter(({ source }) => one.sources.includes(source));
  const techniques = new Set(mine.map(({ technique }) => technique));
  for (const wanted of one.techniques) {
    if (!wanted.split("|").some((technique) => techniques.has(technique as (typeof mine)[number]["technique"])))
      mistakes.push(`no ${wanted} scan`);
  }
  if (one.techniques.length === 0 && mine.length > 0)
    mistakes.push(`${mine[0]?.source} is called a scanner: ${mine[0]?.evidence.join("; ")}`);
  if (one.tools !== undefined && !mine.some(({ tool }) => one.tools?.includes(tool?.name ?? "none")))
    mistakes.push(`tool ${mine[0]?.tool?.name ?? "none"}`);
  const others = report.scans.filter(({ source }) => !one.sources.includes(source));
  if (others.length > 0 && one.decoys !== true)
    mistakes.push(`${others.length} others are called scanners, as ${others[0]?.source}: ${others[0]?.evidence.join("; ")}`);
  if (one.decoys === true && !mine.concat(others).some(({ decoys }) => decoys.length > 0)) mistakes.push("no decoys seen");
  const reading = report.assessment.hypotheses[0]?.id ?? "ordinary";
  if (one.readings !== undefined && !one.readings.includes(reading)) mistakes.push(`read as ${reading}`);
  if (one.decoys !== true && !one.mayHaveVictims && report.backscatterTotal > 0)
    mistakes.push(`${report.backscatter[0]?.victim} is called a victim`);
  return mistakes;
}
