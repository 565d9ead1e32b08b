import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { AxeBuilder } from "@axe-core/playwright";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CHROMIUM, QUIET } from "./browser.fixture.ts";
import { render } from "./index.ts";
import { SAMPLE_REPORTS } from "./sample-report.fixture.ts";

/** Scans of the long sample: more than are shown at first. */
const LONG = 22;
/** Axe looks at every element: a few scans of each kind are enough for it. */
const SHORT = 5;
/** Axe takes a minute for a long page on a machine that is busy with something else. */
const PATIENCE_MS = 240_000;

describe.skipIf(!existsSync(CHROMIUM))("the page in Chromium (skipped where it is not installed)", { timeout: PATIENCE_MS }, () => {
  let browser: Browser;
  let page: Page;
  let folder: string;
  const trouble: string[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "precursor-report-"));
    for (const [name, make] of SAMPLE_REPORTS) {
      writeFileSync(join(folder, `${name}.html`), render(make(), "html", { limit: name === "november-2013" ? LONG : 20 }));
    }
    const november = SAMPLE_REPORTS.get("november-2013");
    if (november !== undefined) writeFileSync(join(folder, "short.html"), render(november(), "html", { limit: SHORT }));
    browser = await chromium.launch({ executablePath: CHROMIUM, args: QUIET });
    page = await newPage();
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  /** One page for all tests; troubles are any request but for the page itself, any error, and any breach of its policy. */
  async function newPage(): Promise<Page> {
    const context = await browser.newContext();
    const made = await context.newPage();
    made.setDefaultTimeout(15_000);
    made.on("request", (request) => {
      if (!request.url().startsWith(pathToFileURL(folder).href)) trouble.push(`request ${request.url()}`);
    });
    made.on("pageerror", (error) => trouble.push(error.message));
    made.on("console", (message) => trouble.push(message.text()));
    made.on("dialog", (dialog) => {
      trouble.push("a dialog");
      void dialog.dismiss();
    });
    return made;
  }

  /** Opens a sample afresh. */
  async function open(name: string, { width = 1280, scheme = "light" }: { width?: number; scheme?: "light" | "dark" } = {}): Promise<void> {
    trouble.length = 0;
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme: scheme });
    await page.goto(pathToFileURL(join(folder, `${name}.html`)).href);
  }

  async function openDetails(): Promise<void> {
    await page.evaluate("for (const details of document.querySelectorAll('details')) details.open = true");
  }

  /** Of all rules, or of one. */
  async function violations(rule: string | null): Promise<string[]> {
    const axe = new AxeBuilder({ page }).setLegacyMode();
    if (rule !== null) axe.withRules(rule);
    const { violations: found } = await axe.analyze();
    return found.map(({ id, nodes }) => {
      const where = nodes.slice(0, 3).map((node) => node.html);
      return `${id}: ${where.join(" ")}`;
    });
  }

  for (const name of SAMPLE_REPORTS.keys()) {
    test(`${name}: no sideways scroll wide or narrow, no request, no error`, async () => {
      for (const width of [1280, 390]) {
        await open(name, { width });
        await openDetails();
        expect(await page.evaluate<number>("document.documentElement.scrollWidth - innerWidth"), `${width} px`).toBeLessThanOrEqual(0);
      }
      expect(trouble).toEqual([]);
    });
  }

  // Each sample once, the fullest also narrow and in the other colours: Axe takes seconds a page.
  for (const [name, width, scheme, rule] of [
    ["short", 1280, "light", null],
    ["short", 1280, "dark", "color-contrast"],
    ["short", 390, "light", "target-size"],
    ["hostile", 390, "dark", null],
    ["artefact", 1280, "dark", null],
    ["ordinary", 390, "light", null],
    ["empty", 1280, "light", null],
  ] as const) {
    test(`${name} at ${width} px, ${scheme}: no axe violation${rule === null ? "" : ` of ${rule}`}`, async () => {
      await open(name, { width, scheme });
      await openDetails();
      expect(await violations(rule)).toEqual([]);
    });
  }

  test("sorts by keyboard alone, and says so", async () => {
    await open("november-2013");
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
  });

  test("finds rows by words, opens evidence, shows all", async () => {
    await open("november-2013");
    expect(await page.locator("table.scans tbody:visible").count()).toBe(20);
    await page.getByLabel("Only rows with").fill("nmap vertical");
    expect(await page.locator("table.scans tbody:visible").count()).toBe(1);
    await page.locator("table.scans tbody:visible summary").press("Enter");
    expect(await page.locator("table.scans tbody:visible dl").isVisible()).toBe(true);
    await page.getByLabel("Only rows with").fill("");
    expect(await page.locator("table.scans tbody:visible").count()).toBe(LONG);
  });

  test("changes its theme and keeps to it", async () => {
    await open("november-2013", { scheme: "light" });
    const ground = (): Promise<string> => page.evaluate<string>("getComputedStyle(document.body).backgroundColor");
    const light = await ground();
    await page.getByRole("button", { name: "Dark theme" }).press("Enter");
    expect(await ground()).not.toBe(light);
    await page.getByRole("button", { name: "Light theme" }).press("Enter");
    expect(await ground()).toBe(light);
  });

  test("the address of a source leads to its scan, also where that row was hidden", async () => {
    await open("november-2013");
    await page
      .locator("table.scans tbody[id]")
      .last()
      .evaluate((body) => body.ownerDocument.defaultView?.location.assign(`#${body.id}`));
    await page.locator("table.scans tbody[id]").last().locator("dl").waitFor({ state: "visible" });
    await open("november-2013");
    await page.locator("#port-zero a").first().click();
    expect(await page.evaluate<string>("document.querySelector(location.hash).rows[0].cells[0].textContent.trim()")).toBe(
      `${await page.locator("#port-zero a").first().textContent()} +95`,
    );
  });

  test("every link of the head leads to something", async () => {
    await open("november-2013");
    const dead = await page.evaluate<string[]>(
      "[...document.querySelectorAll('a[href^=\"#\"]')].map((link) => link.hash).filter((target) => document.querySelector(target) === null)",
    );
    expect(dead).toEqual([]);
  });
});
