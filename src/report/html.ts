/**
 * The report as one page that needs nothing else: style, script and drawings are inside, and its content security policy lets nothing be
 * loaded or run but those two by their hashes (CSP Level 3 §2.3.1), so that even an escape gone wrong could not run.
 */
import { createHash } from "node:crypto";
import type { Report } from "../model/report.ts";
import { addressMapFigure, ipv6Words } from "./html/address-map.ts";
import { adviceSection, limitsSection } from "./html/advice.ts";
import { html, trusted, type Html } from "./html/markup.ts";
import { overview } from "./html/overview.ts";
import { portZeroSection } from "./html/port-zero.ts";
import { portsByTimeFigure } from "./html/ports-by-time.ts";
import { readingsSection } from "./html/readings.ts";
import { SCRIPT } from "./html/script.ts";
import { scansSection } from "./html/sources.ts";
import { STYLE } from "./html/style.ts";
import { timelineFigure } from "./html/timeline.ts";
import type { RenderOptions } from "./options.ts";
import { dateTime } from "./quantity.ts";
import { inputName, SEVERITY_PHRASES } from "./wording.ts";

const DEFAULT_ROWS = 200;
const POLICY = `default-src 'none'; style-src '${hash(STYLE)}'; script-src '${hash(SCRIPT)}'; base-uri 'none'; form-action 'none'`;

/** Whole elements, because their hashes count every space and a formatter may add some within a template. */
const STYLE_ELEMENT = trusted(`<style>${STYLE}</style>`);
const SCRIPT_ELEMENT = trusted(`<script>${SCRIPT}</script>`);

/** A whole HTML document. Everything from the input is escaped on its way in. */
export function renderHtml(report: Report, options: RenderOptions = {}): string {
  const { severity } = report.assessment;
  const limit = options.limit ?? DEFAULT_ROWS;
  const over = timelineFigure(report);
  const ports = portsByTimeFigure(report);
  const map = addressMapFigure(report);
  const readings = readingsSection(report);
  const advice = adviceSection(report);
  const course =
    over === null && ports === null && map === null
      ? null
      : html`<section id="course" aria-labelledby="course-h">
          <h2 id="course-h">When and where</h2>
          <p class="lead">The course of the traffic, the ports it went to, the networks it reached.</p>
          ${over}${ports}${map ?? noMap(report)}
        </section>`;
  const links: (readonly [string, string])[] = [
    ["port-zero", "Port zero"],
    ["scans", "Who"],
    ...(course === null ? [] : [["course", "When and where"] as const]),
    ...(readings === null ? [] : [["readings", "Meaning"] as const]),
    ...(advice === null ? [] : [["advice", "What to do"] as const]),
    ["limits", "Limits"],
  ];
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${trusted(POLICY)}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <meta name="generator" content="precursor ${report.version}" />
        <title>${severity}: ${SEVERITY_PHRASES[severity]} · ${inputName(report)} · Precursor</title>
        ${STYLE_ELEMENT}
      </head>
      <body>
        <a class="skip" href="#main">Skip to the judgement</a>
        <header class="bar">
          <div>
            <span class="mark">${LOGO}Precursor</span>
            <nav aria-label="Sections">
              <ul>
                ${links.map(([id, text]) => html`<li><a href="#${id}">${text}</a></li>`)}
              </ul>
            </nav>
            <button type="button" id="theme" class="needs-js">Theme</button>
          </div>
        </header>
        <main id="main">
          ${overview(report)} ${portZeroSection(report, limit)} ${scansSection(report, limit)} ${course} ${readings} ${advice}
          ${limitsSection(report)}
        </main>
        <footer>
          <p>Made by Precursor ${report.version} on ${dateTime(report.madeAt)} UTC. This page loads nothing and sends nothing.</p>
          <p id="status" class="hidden" role="status"></p>
        </footer>
        ${SCRIPT_ELEMENT}
      </body>
    </html> `;
  return `${page.text.trim()}\n`;
}

/** Said where all that was scanned is IPv6. */
function noMap(report: Report): Html | null {
  const words = ipv6Words(report).trim();
  return words === "" ? null : html`<p class="note">There is no target map: it shows IPv4. ${words}</p>`;
}

/** A first tremor before the wave. */
const LOGO: Html = html`<svg
  viewBox="0 0 20 20"
  aria-hidden="true"
  fill="none"
  stroke="currentColor"
  stroke-width="2"
  stroke-linecap="round"
  stroke-linejoin="round"
>
  <path d="M1 11h4l2-4 2 6 3-11 3 14 2-5h2" />
</svg>`;

function hash(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}
