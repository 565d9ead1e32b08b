/** The report as one page that needs nothing else. */
import type { Report } from "../model/report.ts";
import { addressMapFigure, ipv6Words } from "./html/address-map.ts";
import { adviceSection, limitsSection } from "./html/advice.ts";
import { campaignsSection } from "./html/campaigns.ts";
import { focusSection } from "./html/focus.ts";
import { html, type Html } from "./html/markup.ts";
import { overview } from "./html/overview.ts";
import { pageText } from "./html/page.ts";
import { portZeroSection } from "./html/port-zero.ts";
import { portsByTimeFigure } from "./html/ports-by-time.ts";
import { outlookSection, readingsSection } from "./html/readings.ts";
import { scansSection } from "./html/sources.ts";
import { timelineFigure } from "./html/timeline.ts";
import type { RenderOptions } from "./options.ts";
import { inputName, SEVERITY_PHRASES } from "./wording.ts";

const DEFAULT_ROWS = 200;

/** A whole HTML document. Everything from the input is escaped on its way in. */
export function renderHtml(report: Report, options: RenderOptions = {}): string {
  const { severity } = report.assessment;
  const limit = options.limit ?? DEFAULT_ROWS;
  const over = timelineFigure(report);
  const ports = portsByTimeFigure(report);
  const map = addressMapFigure(report);
  const readings = readingsSection(report);
  const outlook = outlookSection(report);
  const advice = adviceSection(report);
  const campaigns = campaignsSection(report, limit);
  const focus = focusSection(report);
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
    ...(campaigns === null ? [] : [["campaigns", "Together"] as const]),
    ["scans", "Who"],
    ...(focus === null ? [] : [["focus", "Whom"] as const]),
    ...(course === null ? [] : [["course", "When and where"] as const]),
    ...(readings === null ? [] : [["readings", "Meaning"] as const]),
    ...(advice === null ? [] : [["advice", "What to do"] as const]),
    ["limits", "Limits"],
  ];
  return pageText({
    title: `${severity}: ${SEVERITY_PHRASES[severity]} · ${inputName(report)}`,
    skipTo: "the judgement",
    links,
    body: html`${overview(report)} ${portZeroSection(report, limit)} ${campaigns} ${scansSection(report, limit)} ${focus} ${course}
    ${readings} ${outlook} ${advice} ${limitsSection(report)}`,
    version: report.version,
    madeAt: report.madeAt,
  });
}

/** Said where all that was scanned is IPv6. */
function noMap(report: Report): Html | null {
  const words = ipv6Words(report).trim();
  return words === "" ? null : html`<p class="note">There is no target map: it shows IPv4. ${words}</p>`;
}
