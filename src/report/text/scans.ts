/** Who probed, how, with which tool, whom; and whose answers arrived without a question. */
import type { Campaign } from "../../model/campaign.ts";
import type { LabelledScan, Report } from "../../model/report.ts";
import { answererWords } from "../backscatter-words.ts";
import { scansOfCampaigns } from "../campaign-words.ts";
import { persistenceHeadline, persistenceSentence } from "../persistence-words.ts";
import { portList } from "../port-name.ts";
import { count, counted } from "../quantity.ts";
import { floodCells, networkWords, scanHosts, scanHow, scanMarks, scansHeadline } from "../wording.ts";
import type { Column, Screen } from "./screen.ts";

/** An IPv4 address and " +999" fit; longer ones stand on a line of their own. */
const SOURCE_WIDTH = 20;
/** Columns below which every part of a row gives way. */
const ROOMY = 96;
const NAMED_CAMPAIGNS = 3;
/** What JSON lists unless told otherwise. */
const JSON_ROWS = 1000;

export function writeScans(screen: Screen, report: Report, limit: number): void {
  // What a campaign says already is not said again, scan by scan.
  const together = scansOfCampaigns(report);
  const alone = report.scans.filter((scan) => !together.has(scan));
  const shown = alone.slice(0, limit);
  const tooled = shown.some((scan) => scan.tool !== null);
  const portZero = shown.some((scan) => scan.portZero);
  screen.heading("Who probed", scansHeadline(report));
  if (shown.length === 0) {
    if (together.size > 0) screen.paragraph(`${togetherWords(together)}; --format json lists them`, { style: "dim" });
    return;
  }
  const columns = scanColumns(screen).filter(({ needs }) => needs === undefined || (needs === "tool" ? tooled : portZero));
  screen.table(
    columns,
    shown.map((scan) => columns.map((column) => column.cell(scan))),
  );
  const more = report.scansTotal - together.size - shown.length;
  const parts = together.size === 0 ? "" : `${togetherWords(together)}; `;
  if (more <= 0 && together.size === 0) return;
  const rest = more > 0 ? `… and ${count(more)} more; ` : "";
  const listed = report.scansTotal > JSON_ROWS ? `lists ${count(JSON_ROWS)}` : "lists all";
  screen.paragraph(`${rest}${parts}--format json ${listed}, --explain SOURCE shows why`, { style: "dim" });
}

/** "31 are parts of C1 and C2 above". */
function togetherWords(together: ReadonlyMap<LabelledScan, Campaign>): string {
  const ids = [...new Set([...together.values()].map(({ id }) => id))];
  const named = ids.length > NAMED_CAMPAIGNS ? `${ids.slice(0, NAMED_CAMPAIGNS).join(", ")} and other campaigns` : ids.join(" and ");
  return `${count(together.size)} ${together.size === 1 ? "is a part" : "are parts"} of ${named} above`;
}

interface ScanColumn extends Column {
  readonly cell: (scan: LabelledScan) => string;
  /** Left out where no scan has it. */
  readonly needs?: "tool" | "port-zero";
}

function scanColumns(screen: Screen): ScanColumn[] {
  const narrow = screen.width < ROOMY;
  return [
    { title: "Source", shrinkTo: SOURCE_WIDTH, own: true, style: "bold", cell: scanSource },
    { title: "How", shrinkTo: narrow ? 7 : 15, cell: scanHow },
    { title: "Ports", shrinkTo: 8, cell: (scan) => portList(scan.ports, scan.portCount, scan.transport, 2, false) },
    { title: "Zero", needs: "port-zero", cell: (scan) => (scan.portZero ? "yes" : "–") },
    { title: "Hosts", align: "right", cell: (scan) => count(scanHosts(scan)) },
    { title: "Packets", align: "right", cell: (scan) => count(scan.packets) },
    { title: "Tool", shrinkTo: 4, needs: "tool", cell: (scan) => scan.tool?.name ?? "–" },
    { title: "Who (where registered)", shrinkTo: narrow ? 8 : 14, style: "dim", cell: scanWho },
  ];
}

function scanSource(scan: LabelledScan): string {
  return scan.memberCount > 1 ? `${scan.source} +${count(scan.memberCount - 1)}` : scan.source;
}

/** Marks that have no column of their own, then the network. */
function scanWho(scan: LabelledScan): string {
  const marks = scanMarks(scan).filter((mark) => mark !== "spoofable" && mark !== "port zero");
  return [...marks, networkWords(scan.labels)].join(", ");
}

export function writeFloods(screen: Screen, report: Report, limit: number): void {
  if (report.floods.length === 0) return;
  screen.heading("Floods", `${counted(report.floods.length, "target")} under attack: their sources attack, they do not search`);
  screen.table(
    [
      { title: "Target", shrinkTo: SOURCE_WIDTH, own: true, style: "bold" },
      { title: "How" },
      { title: "Ports", shrinkTo: 14 },
      { title: "Sources", align: "right" },
      { title: "Packets", align: "right" },
    ],
    report.floods.slice(0, limit).map((flood) => floodCells(flood)),
  );
  const more = report.floods.length - limit;
  if (more > 0) screen.paragraph(`… and ${count(more)} more; --format json lists them`, { style: "dim" });
}

export function writeBackscatter(screen: Screen, report: Report, limit: number): void {
  const words = answererWords(report);
  if (words === null) return;
  screen.heading(words.title, `${words.headline}: ${words.brief}`);
  const shown = report.backscatter.slice(0, limit);
  screen.table(
    [
      { title: words.role, shrinkTo: SOURCE_WIDTH, own: true, style: "bold" },
      { title: "Its ports", shrinkTo: 14 },
      { title: "Packets", align: "right" },
      { title: "Peers", align: "right" },
      { title: "RSDoS" },
      { title: "Who", shrinkTo: 14, style: "dim" },
    ],
    shown.map((entry) => [
      entry.victim,
      `${portList(entry.ports, entry.ports.length, entry.transport)} ${entry.transport.toUpperCase()}`,
      count(entry.packets),
      count(entry.peers),
      entry.qualifies ? "yes" : "below",
      networkWords(entry.labels),
    ]),
  );
  const more = report.backscatterTotal - shown.length;
  if (more > 0) screen.paragraph(`… and ${count(more)} more; --format json lists them`, { style: "dim" });
}

/** Only where nobody probed: else it is beside the point, and the other formats have it. */
export function writePersistence(screen: Screen, report: Report, limit: number): void {
  const headline = persistenceHeadline(report);
  if (headline === null || report.scansTotal > 0) return;
  screen.heading("Asked in vain", headline);
  for (const one of report.persistence.slice(0, limit)) screen.paragraph(persistenceSentence(one));
  const more = report.persistenceTotal - limit;
  if (more > 0) screen.paragraph(`… and ${count(more)} more; --format json lists them`, { style: "dim" });
}
