/** The screen that an analyst sees: what was judged and how sure, port zero, who, the readings, what to do, what it cannot tell. */
import type { Report } from "../model/report.ts";
import type { RenderOptions } from "./options.ts";
import { writeBottomLine } from "./text/bottom-line.ts";
import { writeCampaigns, writeSpoofing } from "./text/campaigns.ts";
import { writeFocus } from "./text/focus.ts";
import { writePortZero } from "./text/port-zero.ts";
import { writeAdvice, writeLimits, writeReadings } from "./text/judgement.ts";
import { writeBackscatter, writeFloods, writePersistence, writeScans } from "./text/scans.ts";
import { Screen } from "./text/screen.ts";

/** Lines of at most `options.width` columns (100); only a firewall rule may be longer, because a wrapped rule cannot be copied. */
export function renderText(report: Report, options: RenderOptions = {}): string {
  const screen = new Screen(options);
  writeBottomLine(screen, report);
  writePortZero(screen, report);
  writeCampaigns(screen, report, options.limit ?? DEFAULT_CAMPAIGNS);
  writeScans(screen, report, options.limit ?? defaultRows(report));
  writeSpoofing(screen, report);
  writeFocus(screen, report);
  writeFloods(screen, report, options.limit ?? DEFAULT_VICTIMS);
  writeBackscatter(screen, report, options.limit ?? DEFAULT_VICTIMS);
  writePersistence(screen, report, options.limit ?? DEFAULT_VICTIMS);
  writeReadings(screen, report);
  writeAdvice(screen, report);
  writeLimits(screen, report);
  return screen.toString();
}

/** Campaigns say much of what scans would, and take their room. */
function defaultRows({ scansTotal, campaignsTotal }: Report): number {
  if (scansTotal <= MOST_IN_FULL) return MOST_IN_FULL;
  return campaignsTotal > 0 ? ROWS_BESIDE_CAMPAIGNS : DEFAULT_ROWS;
}

/** Scans, heaviest first, and victims that leave room for the rest on one screen. */
const DEFAULT_ROWS = 5;
/** So few are all shown: a line that says "2 more" is no shorter. */
const MOST_IN_FULL = 10;
const DEFAULT_VICTIMS = 3;
const DEFAULT_CAMPAIGNS = 3;
const ROWS_BESIDE_CAMPAIGNS = 1;
