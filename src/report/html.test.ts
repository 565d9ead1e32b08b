import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { AxeBuilder } from "@axe-core/playwright";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { render } from "./index.ts";
import { SAMPLE_REPORTS } from "./sample-report.ts";

const CHROMIUM = "/usr/bin/chromium";
/** Scans of the long sample: more than are shown at first, and few enough for axe. */
const LONG = 22;
/** Axe takes a minute for a long page on a machine that is busy with something else. */
const PATIENCE_MS = 240_000;
const QUIET = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

describe.skipIf(!existsSync(CHROMIUM))("the page in Chromium (skipped where it is not installed)", { timeout: PATIENCE_MS }, () => {
  let browser: Browser;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "precursor-report-"));
    for (const [name, make] of SAMPLE_REPORTS) {
      writeFileSync(join(folder, `${name}.html`), render(make(), "html", { limit: name === "november-2013" ? LONG : 20 }));
    }
    browser = await chromium.launch({ executablePath: CHROMIUM, args: QUIET });
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  /** Opens a sample; fails the test on any request but for the page itself, on any error, and on any breach of its policy. */
  async function open(
    name: string,
    options: { width?: number; scheme?: "light" | "dark" } = {},
  ): Promise<{ page: Page; trouble: string[] }> {
    const context = await browser.newContext({
      viewport: { width: options.width ?? 1280, height: 900 },
      colorScheme: options.scheme ?? "light",
    });
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    const address = pathToFileURL(join(folder, `${name}.html`)).href;
    const trouble: string[] = [];
    page.on("request", (request) => {
      if (request.url() !== address) trouble.push(`request ${request.url()}`);
    });
    page.on("pageerror", (error) => trouble.push(error.message));
    page.on("console", (message) => trouble.push(message.text()));
    page.on("dialog", (dialog) => {
      trouble.push("a dialog");
      void dialog.dismiss();
    });
    await page.goto(address);
    return { page, trouble };
  }

  for (const name of SAMPLE_REPORTS.keys()) {
    const every =
      name === "november-2013"
        ? ([
            [1280, "dark"],
            [390, "light"],
          ] as const)
        : [];
    for (const [width, scheme] of [[1280, "light"], [390, "dark"], ...every] as const) {
      test(`${name} at ${width} px, ${scheme}: no axe violation, no sideways scroll, no request`, async () => {
        const { page, trouble } = await open(name, { width, scheme });
        await page.evaluate("for (const details of document.querySelectorAll('details')) details.open = true");
        const { violations } = await new AxeBuilder({ page }).analyze();
        expect(
          violations.map(
            ({ id, nodes }) =>
              `${id}: ${nodes
                .map((node) => node.html)
                .slice(0, 3)
                .join(" ")}`,
          ),
        ).toEqual([]);
        const overflow = await page.evaluate<number>("document.documentElement.scrollWidth - innerWidth");
        expect(overflow).toBeLessThanOrEqual(0);
        expect(trouble).toEqual([]);
        await page.context().close();
      });
    }
  }

  test("sorts by keyboard alone, and says so", async () => {
    const { page, trouble } = await open("november-2013");
    const first = (): Promise<string | null> => page.locator("table.scans tbody th").first().textContent();
    expect(await first()).toContain("93.174.93.175");
    await page.getByRole("button", { name: "Hosts" }).focus();
    await page.keyboard.press("Enter");
    expect(await page.locator("th[aria-sort]").getAttribute("aria-sort")).toBe("descending");
    expect(await first()).toContain("93.174.93.175");
    await page.keyboard.press("Enter");
    expect(await page.locator("th[aria-sort]").getAttribute("aria-sort")).toBe("ascending");
    expect(await first()).toContain("203.0.113.77");
    expect(await page.locator("#status").textContent()).toBe("Sorted by Hosts, smallest first");
    expect(trouble).toEqual([]);
    await page.context().close();
  });

  test("finds rows by words, opens evidence, shows all", async () => {
    const { page } = await open("november-2013");
    expect(await page.locator("table.scans tbody:visible").count()).toBe(20);
    await page.getByLabel("Only rows with").fill("nmap vertical");
    expect(await page.locator("table.scans tbody:visible").count()).toBe(1);
    await page.locator("table.scans tbody:visible summary").press("Enter");
    expect(await page.locator("table.scans tbody:visible dl").isVisible()).toBe(true);
    await page.getByLabel("Only rows with").fill("");
    expect(await page.locator("table.scans tbody:visible").count()).toBe(LONG);
    await page.context().close();
  });

  test("changes its theme and keeps to it", async () => {
    const { page } = await open("november-2013", { scheme: "light" });
    const ground = (): Promise<string> => page.evaluate<string>("getComputedStyle(document.body).backgroundColor");
    const light = await ground();
    await page.getByRole("button", { name: "Dark theme" }).press("Enter");
    expect(await ground()).not.toBe(light);
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
    await page.getByRole("button", { name: "Light theme" }).press("Enter");
    expect(await ground()).toBe(light);
    await page.context().close();
  });

  test("every link of the head leads to something", async () => {
    const { page } = await open("november-2013");
    const dead = await page.evaluate<string[]>(
      "[...document.querySelectorAll('a[href^=\"#\"]')].map((link) => link.hash).filter((target) => document.querySelector(target) === null)",
    );
    expect(dead).toEqual([]);
    await page.context().close();
  });
});
