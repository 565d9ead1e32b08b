/** Draws the README's pictures from what the program prints: node scripts/make-pictures.ts. The second needs Chromium and is left as it is without. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { terminalPicture } from "./terminal-picture.ts";

const root = join(import.meta.dirname, "..");
const MAIN = join(root, "src", "cli", "main.ts");
const CHROMIUM = "/usr/bin/chromium";
const WINDOW = { width: 1280, height: 900 };
/** What the picture of the page begins with, and what it ends before: the plots of time and of ports, which text cannot show. */
const FROM = "#course";
const UNTIL = "#map";
/** Pixels of the page's ground left above and below. */
const EDGE = 24;

const precursor = (args: readonly string[]): string =>
  execFileSync(process.execPath, [MAIN, ...args], { encoding: "utf8", env: { ...process.env, FORCE_COLOR: "1" }, maxBuffer: 1 << 26 });

const screen = join(root, "docs", "images", "demo.svg");
const prompt = "\u001B[32m$\u001B[39m \u001B[1mnpx precursor demo\u001B[22m\n\n";
writeFileSync(screen, terminalPicture(prompt + precursor(["demo"]), "What precursor demo prints: the report on 2 November 2013"));
said(screen);

if (existsSync(CHROMIUM)) {
  const folder = mkdtempSync(join(tmpdir(), "precursor-pictures-"));
  const page = join(folder, "demo.html");
  precursor(["demo", "-o", page]);
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", "--disable-gpu"] });
  const tab = await browser.newPage({ viewport: WINDOW, colorScheme: "light" });
  await tab.goto(pathToFileURL(page).href);
  const report = join(root, "docs", "images", "report.png");
  const top = async (place: string): Promise<number> => (await tab.locator(place).boundingBox())?.y ?? 0;
  const y = (await top(FROM)) - EDGE;
  await tab.screenshot({ path: report, fullPage: true, clip: { x: 0, y, width: WINDOW.width, height: (await top(UNTIL)) - y - EDGE / 2 } });
  await browser.close();
  rmSync(folder, { recursive: true });
  said(report);
} else console.log(`${CHROMIUM} is not installed: the picture of the page stays as it is`);

function said(path: string): void {
  console.log(`${path.slice(root.length + 1)} (${Math.round(statSync(path).size / 1000)} kB)`);
}
