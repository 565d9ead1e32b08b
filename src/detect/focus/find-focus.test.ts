/** Whom scans mean: focused and spread, known and not, over many drawn homes; how often the tests are wrong, and what they see. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Random } from "../../lab/random.ts";
import type { FocusAspect, FocusTest, TargetFocus } from "../../model/asset.ts";
import { WordSet } from "../../sketch/word-set.ts";
import { asset, chosen, FINANCE, focusOf, hostsOf, network, START, THREE_SECTORS } from "./scans-at-home.fixture.ts";

const SEEDS = 100;

function of(focus: TargetFocus, aspect: FocusAspect): FocusTest {
  const found = focus.tests.find((one) => one.aspect === aspect);
  if (found === undefined) throw new RangeError(aspect);
  return found;
}

/** Verdicts of one aspect over seeds. */
function verdicts(aspect: FocusAspect, make: (random: Random) => TargetFocus, seeds = SEEDS): Record<FocusTest["verdict"], number> {
  const tally = { focused: 0, spread: 0, "cannot-tell": 0 };
  for (let seed = 0; seed < seeds; seed++) tally[of(make(new Random(seed * 7919)), aspect).verdict]++;
  return tally;
}

function many(sources: number, each: () => number[]): number[][] {
  return Array.from({ length: sources }, each);
}

describe("sectors", () => {
  test("ten sources that all ask one sector mean it, and the sentence has the numbers", () => {
    const random = new Random(1);
    const focus = focusOf(many(10, () => chosen(random, 20, FINANCE)));
    expect(focus.sectors).toBe(3);
    expect(of(focus, "sector")).toMatchObject({ group: "finance", verdict: "focused", groups: 3, unit: "targets" });
    expect(of(focus, "sector").sentence).toMatch(/^finance is meant: \d+ of \d+ targets of 10 sources.*14 % of the addresses are: 7\.0 ×/);
  });

  test("the near miss: spread over all, nobody is meant, with a bound", () => {
    const random = new Random(1);
    const sector = of(focusOf([chosen(random, 600)]), "sector");
    expect(sector.verdict).toBe("spread");
    expect(sector.sentence).toMatch(/^Not focused on any one sector of 3: .*A sector that draws 1\.\d × its share would have been seen/);
  });

  test("with one sector, or none, it says that it cannot know", () => {
    const random = new Random(1);
    const targets = [chosen(random, 600)];
    const one = focusOf(targets, { assets: THREE_SECTORS.slice(0, 1) });
    expect(one.sectors).toBe(1);
    expect(of(one, "sector")).toMatchObject({ verdict: "cannot-tell", group: "energy" });
    expect(of(one, "sector").sentence).toContain("whether others are spared cannot be told");
    const none = focusOf(targets, { assets: [] });
    expect(none.sectors).toBe(0);
    expect(of(none, "sector").sentence).toContain("No sector is known");
  });

  test("targets over IPv6 are counted, and are in no sector", () => {
    const focus = focusOf([chosen(new Random(1), 1, FINANCE)], { ipv6: [7, 8, 9] });
    expect(focus.ipv6Targets).toBe(3);
    expect(of(focus, "sector")).toMatchObject({ verdict: "cannot-tell", of: 1 });
  });

  test("one that asks everything decides nothing, whether the others mean a sector or not", () => {
    const everything = (random: Random): number[] => chosen(random, 4000);
    const finance = (random: Random): number[] => chosen(random, 512, FINANCE);
    expect(
      verdicts("sector", (random) => focusOf([everything(random), ...many(10, () => chosen(random, 20, FINANCE))]), 50).focused,
    ).toBeGreaterThanOrEqual(48);
    expect(verdicts("sector", (random) => focusOf([finance(random), ...many(10, () => chosen(random, 30))]), 50).focused).toBe(0);
  });

  test.each<[string, (random: Random) => number[][]]>([
    ["one source at random", (random) => [chosen(random, 300)]],
    ["twenty at random", (random) => many(20, () => chosen(random, random.integer(10, 60)))],
    ["two hundred with five targets", (random) => many(200, () => chosen(random, 5))],
    ["one that walks through half", (random) => [stretch(random.integer(0, 2048), 2048)]],
    ["eight that walk through a /24 each", (random) => many(8, () => stretch(256 * random.integer(0, 15), 256))],
    ["ten that draw from three /24s each", (random) => many(10, () => chosen(random, 60, subnets(random, 3)))],
    ["one that draws from three /24s", (random) => [chosen(random, 60, subnets(random, 3))]],
  ])("nobody is meant, and none is said to be: %s", (_, make) => {
    // One in a hundred may be by chance: of a hundred seeds, five are rarer than once in two hundred.
    const focused = { sector: 0, asset: 0, exposure: 0 };
    for (let seed = 0; seed < SEEDS; seed++) {
      const random = new Random(seed * 7919);
      const focus = focusOf(make(random), { hosts: hostsOf(random) });
      for (const aspect of ["sector", "asset", "exposure"] as const) if (of(focus, aspect).verdict === "focused") focused[aspect]++;
    }
    expect(Math.max(...Object.values(focused))).toBeLessThanOrEqual(4);
  });

  test("a half of the targets beyond chance is seen nearly always", () => {
    const half = (random: Random): number[] => [...chosen(random, 20, FINANCE), ...chosen(random, 20)];
    expect(verdicts("sector", (random) => focusOf(many(10, () => half(random)))).focused).toBeGreaterThan(0.95 * SEEDS);
  });
});

describe("live hosts and dark space", () => {
  test("who asks hosts only, knew where to ask; sectors are then measured by hosts", () => {
    // Energy has nearly all hosts: that most targets are there follows.
    const hosts = new WordSet();
    const random = new Random(3);
    for (const target of chosen(random, 300, [[START, 2048]])) hosts.add(target);
    for (const target of chosen(random, 30, [[START + 2048, 1024]])) hosts.add(target);
    const all: number[] = [];
    hosts.each((host) => all.push(host));
    const focus = focusOf([random.shuffle(all).slice(0, 120)], { hosts });
    expect(of(focus, "exposure")).toMatchObject({ verdict: "focused", group: "live", observed: 120, of: 120 });
    expect(of(focus, "sector").verdict).not.toBe("focused");
    expect(of(focus, "sector").sentence).toContain("of the live hosts");
    expect(focus.order).toBe("unknown");
  });

  test("one host that many ask for, and hosts among many more dark addresses, are no choice of hosts", () => {
    const random = new Random(5);
    const hosts = new WordSet();
    for (const target of chosen(random, 60, [[START, 2048]])) hosts.add(target);
    const all: number[] = [];
    hosts.each((host) => all.push(host));
    const one = focusOf(
      many(20, () => [all[0]!]),
      { hosts },
    );
    expect(of(one, "exposure").verdict).toBe("cannot-tell");
    const mostlyDark = [...all.slice(0, 40), ...chosen(random, 160).filter((target) => !hosts.has(target))];
    const few = of(focusOf([mostlyDark], { hosts }), "exposure");
    expect(few.verdict).toBe("cannot-tell");
    expect(few.sentence).toContain("dark space more than hosts");
  });

  test("who asks at random asks dark space in proportion", () => {
    const counted = verdicts("exposure", (random) => focusOf([chosen(random, 300)], { hosts: hostsOf(random) }));
    expect(counted.focused).toBeLessThanOrEqual(4);
    expect(counted.spread).toBeGreaterThan(0.9 * SEEDS);
  });

  test("the owner's word on dark and live counts before what was seen", () => {
    const assets = [asset("farm", ["198.18.0.0/24"], { exposure: "live" }), asset("rest", ["198.18.0.0/20"], { exposure: "dark" })];
    const random = new Random(5);
    expect(of(focusOf([chosen(random, 40, [[START, 256]])], { assets }), "exposure")).toMatchObject({ verdict: "focused" });
    expect(of(focusOf([chosen(random, 300)], { assets }), "exposure")).toMatchObject({ verdict: "spread" });
  });

  test("where no host is known it cannot be told", () => {
    expect(of(focusOf([chosen(new Random(1), 300)]), "exposure").verdict).toBe("cannot-tell");
  });
});

describe("subnets and order", () => {
  test("a sweep of one /24 of sixteen is one subnet, in a stretch; of all it is spread", () => {
    const one = focusOf([stretch(768, 256)], { assets: [] });
    expect(of(one, "subnet")).toMatchObject({ verdict: "focused", group: "198.18.3.0/24", observed: 256, of: 256 });
    expect(one.order).toBe("sequential");
    const all = focusOf([stretch(0, 4096)], { assets: [] });
    expect(of(all, "subnet").verdict).toBe("spread");
    expect(all.order).toBe("unknown");
  });

  test("a guessed home shows only the /24s that were asked: one of them is no focus", () => {
    expect(of(focusOf([stretch(768, 256)], { assets: [], guessed: true }), "subnet").verdict).toBe("cannot-tell");
  });

  test("random targets are told from neighbours", () => {
    const random = new Random(2);
    expect(focusOf([chosen(random, 300)]).order).toBe("random");
    expect(focusOf([stretch(100, 120)]).order).toBe("sequential");
    expect(focusOf([[...stretch(100, 60), ...chosen(random, 90)]]).order).toBe("mixed");
    expect(focusOf([chosen(random, 12)]).order).toBe("unknown");
  });

  test("more targets than are told apart are spread all the same", () => {
    const random = new Random(9);
    const home = [network("10.0.0.0/8")];
    const sources = Array.from({ length: 600 }, () => Array.from({ length: 1024 }, () => 0x0a000000 + random.integer(0, 0xffffff)));
    const focus = focusOf(sources, { home, assets: [] });
    expect(of(focus, "subnet").verdict).toBe("spread");
    expect(focus.order).toBe("random");
  });
});

test("whatever was asked: counts fit, shares are shares, every sentence is one", () => {
  const target = fc.oneof(fc.integer({ min: START, max: START + 4095 }), fc.nat(0xffffffff));
  fc.assert(
    fc.property(
      fc.array(fc.array(target, { minLength: 1, maxLength: 60 }), { minLength: 1, maxLength: 12 }),
      fc.subarray([...THREE_SECTORS]),
      (sources, assets) => {
        for (const one of focusOf([...sources, [START + 7]], { assets, hosts: hostsOf(new Random(1)) }).tests) {
          expect(one.observed).toBeLessThanOrEqual(one.of);
          expect(one.pValue).toBeGreaterThanOrEqual(0);
          expect(one.pValue).toBeLessThanOrEqual(1);
          expect(one.expectedShare).toBeLessThanOrEqual(1);
          expect(one.sentence).toMatch(/^[\p{L}\d].*[.)]$/u);
          expect(one.sentence).not.toMatch(/NaN|undefined|Infinity/);
        }
      },
    ),
    { numRuns: 100 },
  );
});

function stretch(from: number, length: number): number[] {
  return Array.from({ length }, (_, at) => START + from + at);
}

function subnets(random: Random, count: number): (readonly [number, number])[] {
  return Array.from({ length: count }, () => [START + 256 * random.integer(0, 15), 256] as const);
}
