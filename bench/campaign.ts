/**
 * Campaigns among 100,000 unrelated sources: how long detection takes, what is found of what was planted, and what is glued together
 * that has nothing to do with one another. `npm run bench:campaign [-- seeds [sources]]`
 */
import { detect } from "../src/detect/index.ts";
import { batchesOf } from "../src/lab/crowd/crowd.ts";
import { makeCrowd } from "../src/lab/crowd/make-crowd.ts";
import { PLANTED } from "../src/lab/crowd/planted.ts";
import { formatIPv4, parseNetwork } from "../src/model/address.ts";
import type { Campaign } from "../src/model/campaign.ts";
import { Observer } from "../src/observe/index.ts";

const seeds = Number(process.argv[2] ?? 5);
const sources = Number(process.argv[3] ?? 100_000);
const isVerbose = process.argv.includes("--verbose");
const home = [parseNetwork("198.18.0.0/20")].filter((network) => network !== null);

const sums = { campaigns: 0, right: 0, members: 0, strangers: 0, seconds: 0, slowest: 0 };
const kinds = new Map(PLANTED.map(({ name }) => [name, { planted: 0, found: 0, members: 0, membersFound: 0, hidden: 0 }]));

for (let seed = 1; seed <= seeds; seed++) {
  const { crowd, planted } = makeCrowd(seed, sources);
  const nameOf = new Map(planted.flatMap(({ name, members }) => members.map((member) => [formatIPv4(member), name] as const)));
  const { campaigns, seconds } = find(crowd);
  sums.seconds += seconds;
  sums.slowest = Math.max(sums.slowest, seconds);
  console.log(`seed ${seed}: ${sources.toLocaleString("en")} background sources, ${campaigns.length} campaigns in ${seconds.toFixed(1)} s`);
  const covered = new Map<string, number>();
  for (const campaign of campaigns) {
    sums.campaigns++;
    const counts = new Map<string, number>();
    for (const member of campaign.members) counts.set(nameOf.get(member) ?? "", (counts.get(nameOf.get(member) ?? "") ?? 0) + 1);
    const [name, count] = [...counts].toSorted((a, b) => b[1] - a[1])[0] ?? ["", 0];
    const strangers = counts.get("") ?? 0;
    sums.members += campaign.members.length;
    sums.strangers += strangers;
    const isRight = name !== "" && 2 * count > campaign.members.length;
    if (isRight) {
      sums.right++;
      // At most a hundred are listed: the rest in proportion.
      covered.set(name, (covered.get(name) ?? 0) + Math.round((count * campaign.memberCount) / campaign.members.length));
      if (campaign.isHidden) kinds.get(name)!.hidden++;
    }
    if (!isRight || isVerbose)
      console.log(
        `  ${isRight ? name : "WRONG"}: ${campaign.id} ${campaign.memberCount} members, ${strangers} strangers, ${campaign.ports.slice(0, 3).join()}\n    ${campaign.ties.map((tie) => `${tie.kind} ${tie.weight.toFixed(1)}: ${tie.sentence}`).join("\n    ")}`,
      );
  }
  for (const { name, members } of planted) {
    const kind = kinds.get(name)!;
    kind.planted++;
    kind.members += members.length;
    kind.membersFound += covered.get(name) ?? 0;
    if (2 * (covered.get(name) ?? 0) >= members.length) kind.found++;
    else console.log(`  missed: ${name}, ${covered.get(name) ?? 0} of ${members.length} members`);
  }
}
const share = (part: number, all: number): string => (all === 0 ? "–" : `${((100 * part) / all).toFixed(1)} %`);
console.log("\nkind              found   members found   all members under every threshold");
for (const [name, kind] of kinds)
  console.log(
    `${name.padEnd(17)} ${`${kind.found}/${kind.planted}`.padEnd(7)} ${share(kind.membersFound, kind.members).padEnd(15)} ${kind.hidden}`,
  );
const all = [...kinds.values()].reduce((sum, kind) => ({ found: sum.found + kind.found, planted: sum.planted + kind.planted }), {
  found: 0,
  planted: 0,
});
console.log(
  `recall ${share(all.found, all.planted)} of campaigns; precision ${share(sums.right, sums.campaigns)} of campaigns, ${share(sums.members - sums.strangers, sums.members)} of members`,
);
console.log(
  `all of detection took ${(sums.seconds / seeds).toFixed(2)} s of the processor on average, ${sums.slowest.toFixed(2)} s at most`,
);

/** Processor time of all of detection, campaigns included: the machine may be shared. */
function find(crowd: Parameters<typeof batchesOf>[0]): { campaigns: readonly Campaign[]; seconds: number } {
  const observer = new Observer();
  for (const batch of batchesOf(crowd)) observer.observe(batch);
  const activity = observer.finish();
  const before = process.cpuUsage();
  const { campaigns } = detect(activity, { home });
  const { user, system } = process.cpuUsage(before);
  return { campaigns, seconds: (user + system) / 1e6 };
}
