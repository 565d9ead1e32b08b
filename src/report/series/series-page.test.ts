import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { AxeBuilder } from "@axe-core/playwright";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CHROMIUM, QUIET } from "../browser.fixture.ts";
import { sampleSeries } from "./sample-series.fixture.ts";
import { seriesPage } from "./series-page.ts";

const HOSTILE = `<img src=x onerror=alert(1)>"'`;

function page(name: string): string {
  return seriesPage({
    title: "series.csv",
    plots: [sampleSeries(name), { ...sampleSeries("udp/destination/53"), upticks: [] }],
    lead: "2 series of 162 hours, read from series.csv.",
    version: "0.0.0",
    madeAt: 0,
  });
}

test("what is from the input is escaped", () => {
  expect(page(HOSTILE)).not.toContain("<img");
});

test("a series without points, and no series at all, still make a page", () => {
  const parts = { title: "x", lead: "", version: "0", madeAt: 0 };
  expect(seriesPage({ ...parts, plots: [] })).toContain("Nothing was out of the ordinary.");
  expect(seriesPage({ ...parts, plots: [{ ...sampleSeries(), points: [], upticks: [] }] })).toContain("</html>");
});

describe.skipIf(!existsSync(CHROMIUM))("the page in Chromium (skipped where it is not installed)", { timeout: 240_000 }, () => {
  let browser: Browser;
  let tab: Page;
  let folder: string;
  const trouble: string[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "precursor-series-"));
    writeFileSync(join(folder, "series.html"), page(HOSTILE));
    browser = await chromium.launch({ executablePath: CHROMIUM, args: QUIET });
    tab = await (await browser.newContext()).newPage();
    tab.on("request", (request) => {
      if (!request.url().startsWith(pathToFileURL(folder).href)) trouble.push(request.url());
    });
    tab.on("pageerror", (error) => trouble.push(error.message));
    tab.on("dialog", (dialog) => {
      trouble.push("a dialog");
      void dialog.dismiss();
    });
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  for (const [width, scheme] of [
    [1280, "light"],
    [390, "dark"],
  ] as const) {
    test(`at ${width} px, ${scheme}: no axe violation, no sideways scroll, no request`, async () => {
      await tab.setViewportSize({ width, height: 900 });
      await tab.emulateMedia({ colorScheme: scheme });
      await tab.goto(pathToFileURL(join(folder, "series.html")).href);
      await tab.evaluate("for (const details of document.querySelectorAll('details')) details.open = true");
      expect(await tab.evaluate<number>("document.documentElement.scrollWidth - innerWidth")).toBeLessThanOrEqual(0);
      const { violations } = await new AxeBuilder({ page: tab }).setLegacyMode().analyze();
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
      expect(trouble).toEqual([]);
    });
  }
});
