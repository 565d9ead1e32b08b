import { describe, expect, test } from "vitest";
import { parseIPv4 } from "../../model/address.ts";
import { novemberReport } from "../sample-report.fixture.ts";
import { addressMapFigure } from "./address-map.ts";

describe("the target map", () => {
  test("outlines a home network that is smaller than a cell around the cell that holds it", () => {
    const targets = ["22.171.146.0", "213.56.84.0", "6.164.89.0"].map((text) => [parseIPv4(text) ?? 0, 9] as const);
    const report = { ...novemberReport(), home: { networks: ["22.171.146.0/24", "213.56.84.128/25"], guessed: false } };
    const drawn = addressMapFigure({ ...report, targets: { count: 3, dark: 3, networks: targets } })?.text ?? "";
    const cells = [...drawn.matchAll(/M([\d.]+) ([\d.]+)h([\d.]+)/g)].map(
      ([, x, y, side]) => [Number(x), Number(y), Number(side)] as const,
    );
    const homes = [...drawn.matchAll(/class="home" x="([\d.]+)" y="([\d.]+)"/g)].map(([, x, y]) => [Number(x), Number(y)] as const);
    expect(homes).toHaveLength(2);
    for (const [x, y] of homes)
      expect(cells.some(([left, top, side]) => Math.abs(left - x) < 1 && Math.abs(top - y) < 1 && side < 9)).toBe(true);
  });
});
