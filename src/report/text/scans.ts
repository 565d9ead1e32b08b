/** Who probed, how, with which tool, whom; and whose answers arrived without a question. */
import type { LabelledScan, Report } from "../../model/report.ts";
import { portList } from "../port-name.ts";
import { count, counted } from "../quantity.ts";
import { networkWords, scanHow, scanMarks, scansHeadline } from "../wording.ts";
import type { Screen } from "./screen.ts";

/** An IPv4 address and " +999" fit; longer ones stand on a line of their own. */
const SOURCE_WIDTH = 20;
/** Columns below which every part of a row gives way. */
const ROOMY = 96;
/** What JSON lists unless told otherwise. */
const JSON_ROWS = 1000;

export function writeScans(screen: Screen, report: Report, limit: number): void {
  screen.heading("Who probed", scansHeadline(report));
  const shown = report.scans.slice(0, limit);
  const narrow = screen.width < ROOMY;
  if (shown.length > 0) {
    screen.table(
      [
        { title: "Source", shrinkTo: SOURCE_WIDTH, own: true, style: "bold" },
        { title: "How", shrinkTo: narrow ? 7 : 15 },
        { title: "Ports", shrinkTo: narrow ? 8 : 16 },
        { title: "Hosts", align: "right" },
        { title: "Packets", align: "right" },
        { title: "Tool", shrinkTo: 4 },
        { title: "Who and marks", shrinkTo: narrow ? 8 : 14, style: "dim" },
      ],
      shown.map(scanRow),
    );
  }
  const more = report.scansTotal - shown.length;
  if (more <= 0) return;
  const listed = report.scansTotal > JSON_ROWS ? `lists ${count(JSON_ROWS)}` : "lists all";
  screen.paragraph(`… and ${count(more)} more; --format json ${listed}, --explain SOURCE shows why`, { style: "dim" });
}

export function writeBackscatter(screen: Screen, report: Report, limit: number): void {
  if (report.backscatterTotal === 0) return;
  const victims = counted(report.backscatterTotal, "victim");
  screen.heading("Backscatter", `${victims} of DDoS with forged addresses: they answer, they do not scan`);
  const shown = report.backscatter.slice(0, limit);
  screen.table(
    [
      { title: "Victim", shrinkTo: SOURCE_WIDTH, own: true, style: "bold" },
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

function scanRow(scan: LabelledScan): string[] {
  return [
    scan.memberCount > 1 ? `${scan.source} +${count(scan.memberCount - 1)}` : scan.source,
    scanHow(scan),
    portList(scan.ports, scan.portCount, scan.transport, 2),
    count(scan.targetCount),
    count(scan.packets),
    scan.tool?.name ?? "–",
    [...scanMarks(scan).filter((mark) => mark !== "spoofable"), networkWords(scan.labels)].join(", "),
  ];
}
