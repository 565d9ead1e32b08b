/** The report as GitHub-flavoured Markdown (GFM 0.29), to paste into a ticket: the same facts in the same order as on the screen. */
import type { Assessment, Hypothesis, NotePart, ReportSection } from "../model/assessment.ts";
import type { Report } from "../model/report.ts";
import { campaignFacts, campaignMembers, campaignsHeadline, spoofingSentences } from "./campaign-words.ts";
import { escapeControls, escapeMarkdown as plain, markdownCode as code } from "./escape.ts";
import { inputWords, limits } from "./limits.ts";
import { horizonWords, isEvidence, notePart, probabilityWords, refsBySentence, SECTION_NAMES } from "./note-words.ts";
import type { RenderOptions } from "./options.ts";
import { answererWords } from "./backscatter-words.ts";
import { persistenceHeadline, persistenceSentence } from "./persistence-words.ts";
import { otherPortLabel, portList } from "./port-name.ts";
import { portZeroRows, portZeroWords, sum } from "./port-zero-words.ts";
import { count, counted, duration, percent, share, timeSpan } from "./quantity.ts";
import {
  floodCells,
  HYPOTHESIS_TITLES,
  networkWords,
  outcomeWords,
  scanHosts,
  scanHow,
  scanMarks,
  scansHeadline,
  scanTool,
  SEVERITY_PHRASES,
} from "./wording.ts";
import { whomWords } from "./whom.ts";

const DEFAULT_ROWS = 10;
const SHOWN_MEMBERS = 5;

/** Ends with a newline. Everything from the input is escaped or stands in a code span. */
export function renderMarkdown(report: Report, options: RenderOptions = {}): string {
  const limit = options.limit ?? DEFAULT_ROWS;
  const blocks = [
    ...head(report),
    ...portZeroSection(report),
    ...campaignsSection(report, limit),
    ...scansSection(report, limit),
    ...spoofingSentences(report).map(plain),
    ...whomSection(report),
    ...floodSection(report, limit),
    ...backscatterSection(report, limit),
    ...persistenceSection(report, limit),
    ...readingsSection(report),
    ...outlookSection(report),
    ...adviceSection(report),
    ...limitsSection(report),
  ];
  return `${blocks.join("\n\n")}\n`;
}

function whomSection(report: Report): string[] {
  const whom = whomWords(report);
  return whom === null ? [] : [`### Whom: ${plain(whom.title)}`, ...whom.sentences.map(plain)];
}

function head(report: Report): string[] {
  const { assessment } = report;
  const { severity, confidence, tooEarly } = assessment;
  const sure = `confidence ${confidence}${tooEarly ? ", too early to tell" : ""}`;
  const { firstSeen, lastSeen, sources } = report.input;
  const facts = [
    [
      "Input",
      sources.length === 0
        ? "none could be read"
        : sources
            .slice(0, 5)
            .map((source) => `${code(source.name)} (${plain(source.format)})`)
            .join(", "),
    ],
    ["Size", plain(inputWords(report))],
  ];
  if (sources.length > 5) facts.push(["More inputs", count(sources.length - 5)]);
  if (firstSeen !== null && lastSeen !== null) {
    facts.push(["Time", `${timeSpan(firstSeen, lastSeen, "→")} (${duration(lastSeen - firstSeen)})`]);
  }
  facts.push(["Senders", count(report.senderCount)]);
  return [`## ${severity.toUpperCase()}: ${SEVERITY_PHRASES[severity]}, ${sure}`, ...note(assessment), table(["", ""], [], facts)];
}

/** The bottom line in bold, then the other parts, a paragraph each, and every sentence with what it leads to. */
function note(assessment: Assessment): string[] {
  const told = (part: NotePart): string =>
    notePart(assessment, part)
      .map(({ text, leadsTo }) => `${part === "bottom-line" ? `**${plain(text)}**` : plain(text)}${references(leadsTo)}`)
      .join(" ");
  const parts: readonly (readonly [NotePart, string])[] = [
    ["bottom-line", ""],
    ["why", "**Why.** "],
    ["next", "**Next.** "],
    ["do", "**Do now.** "],
  ];
  return parts.flatMap(([part, mark]) => {
    const text = told(part);
    return text === "" ? [] : [`${mark}${text}`];
  });
}

function references(leadsTo: readonly string[]): string {
  const names = leadsTo.map((one) => (isEvidence(one) ? one : (SECTION_NAMES[one as ReportSection] ?? one)));
  return names.length === 0 ? "" : ` \\[${names.map(plain).join(", ")}\\]`;
}

function portZeroSection(report: Report): string[] {
  const words = portZeroWords(report.portZero);
  const blocks = [`### Port zero: ${words.title}`, plain(words.sentence)];
  if (words.verdict !== "absent" && words.verdict !== "artefact") {
    const rows = portZeroRows(report.portZero).map(({ name, counts }) => [
      name,
      ...[counts.source, counts.destination, counts.both, sum(counts)].map(count),
    ]);
    blocks.push(table(["", "Only source", "Only destination", "Both", "Packets"], ["l", "r", "r", "r", "r"], rows));
  }
  const { otherPorts, tcp, topSources } = report.portZero;
  const whole = otherPorts.reduce((all, entry) => all + entry.packets, 0);
  if (whole > 0) {
    const transport = sum(tcp) > 0 ? "tcp" : "udp";
    const named = otherPorts.slice(0, 8).map(({ port, packets }) => `${plain(otherPortLabel(port, transport))} ${share(packets, whole)}`);
    blocks.push(`Other port: ${named.join(", ")}${otherPorts.length > 8 ? `, and ${count(otherPorts.length - 8)} more` : ""}.`);
  }
  const remarks = [...words.remarks, words.unconfirmed, words.excluded].filter((line) => line !== null);
  if (remarks.length > 0) blocks.push(remarks.map((line) => `- ${plain(line)}`).join("\n"));
  if (topSources.length > 0) {
    const rows = topSources.slice(0, 5).map((source) => {
      const labels = report.portZeroLabels.get(source.address);
      return [code(source.address), count(source.packets), count(source.targets), labels === undefined ? "–" : plain(networkWords(labels))];
    });
    blocks.push(table(["Source", "Packets", "Targets", "Network"], ["l", "r", "r", "l"], rows));
  }
  return blocks;
}

function campaignsSection(report: Report, limit: number): string[] {
  if (report.campaignsTotal === 0) return [];
  const shown = report.campaigns.slice(0, limit);
  const entries = shown.map((campaign) =>
    [
      `- **${plain(campaign.id)}** ${plain(campaignMembers(campaign, SHOWN_MEMBERS))}: ${plain(campaignFacts(campaign).join(" · "))}`,
      ...campaign.ties.map(({ sentence }) => `  - ${plain(sentence)}`),
    ].join("\n"),
  );
  const blocks = [`### Campaigns: ${plain(campaignsHeadline(report))}`, entries.join("\n")];
  if (report.campaignsTotal > shown.length)
    blocks.push(`… and ${count(report.campaignsTotal - shown.length)} more; \`--format json\` lists them.`);
  return blocks;
}

function scansSection(report: Report, limit: number): string[] {
  const blocks = [`### Who probed: ${plain(scansHeadline(report))}`];
  const shown = report.scans.slice(0, limit);
  if (shown.length === 0) return blocks;
  const rows = shown.map((scan) => [
    code(scan.source) + (scan.memberCount > 1 ? ` and ${count(scan.memberCount - 1)} more` : ""),
    plain(scanHow(scan)),
    plain(portList(scan.ports, scan.portCount, scan.transport)),
    count(scanHosts(scan)),
    count(scan.packets),
    plain(scanTool(scan) ?? "–"),
    plain(outcomeWords(scan.outcomes)),
    plain([...scanMarks(scan), networkWords(scan.labels)].join(", ")),
  ]);
  const titles = ["Source", "How", "Ports", "Hosts", "Packets", "Tool", "Contacts", "Who and marks"];
  blocks.push(table(titles, ["l", "l", "l", "r", "r", "l", "l", "l"], rows));
  if (report.scansTotal > shown.length) blocks.push(`… and ${count(report.scansTotal - shown.length)} more; \`--format json\` lists them.`);
  return blocks;
}

function floodSection(report: Report, limit: number): string[] {
  if (report.floods.length === 0) return [];
  const rows = report.floods.slice(0, limit).map((flood) => {
    const [target = "", ...cells] = floodCells(flood);
    return [code(target), ...cells.map(plain)];
  });
  const blocks = [
    `### Floods: ${counted(report.floods.length, "target")} under attack`,
    table(["Target", "How", "Ports", "Sources", "Packets"], ["l", "l", "l", "r", "r"], rows),
  ];
  if (report.floods.length > rows.length) blocks.push(`… and ${count(report.floods.length - rows.length)} more.`);
  return blocks;
}

function persistenceSection(report: Report, limit: number): string[] {
  const headline = persistenceHeadline(report);
  if (headline === null) return [];
  const shown = report.persistence.slice(0, limit);
  const blocks = [`### Asked in vain: ${headline}`, shown.map((one) => `- ${plain(persistenceSentence(one))}`).join("\n")];
  if (report.persistenceTotal > shown.length) blocks.push(`… and ${count(report.persistenceTotal - shown.length)} more.`);
  return blocks;
}

function backscatterSection(report: Report, limit: number): string[] {
  const words = answererWords(report);
  if (words === null) return [];
  const shown = report.backscatter.slice(0, limit);
  const rows = shown.map((entry) => [
    code(entry.victim),
    `${plain(portList(entry.ports, entry.ports.length, entry.transport))} ${entry.transport.toUpperCase()}`,
    count(entry.packets),
    count(entry.peers),
    entry.qualifies ? "yes" : "below",
    plain(networkWords(entry.labels)),
  ]);
  const blocks = [
    `### ${words.title}: ${words.headline}`,
    table([words.role, "Its ports", "Packets", "Peers", "RSDoS thresholds", "Who"], ["l", "l", "r", "r", "l", "l"], rows),
  ];
  if (report.backscatterTotal > shown.length) blocks.push(`… and ${count(report.backscatterTotal - shown.length)} more.`);
  return blocks;
}

function readingsSection(report: Report): string[] {
  const { assessment } = report;
  if (assessment.hypotheses.length === 0) return [];
  const refs = refsBySentence(assessment);
  return ["### Readings, most probable first", assessment.hypotheses.map((one) => reading(one, refs)).join("\n")];
}

function outlookSection({ assessment: { outlook } }: Report): string[] {
  if (outlook.length === 0) return [];
  const rows = outlook.map((one) => [
    plain(one.what),
    plain(horizonWords(one)),
    plain(probabilityWords(one)),
    plain(one.baseRate),
    plain(one.source),
  ]);
  return ["### What comes next", table(["What", "Within", "Chance", "Base rate", "Source"], ["l", "l", "l", "l", "l"], rows)];
}

function reading(hypothesis: Hypothesis, refs: ReadonlyMap<string, string>): string {
  const evidence = (mark: string, lines: readonly string[]): string[] =>
    lines.map((line) => `  - ${mark}: ${refs.has(line) ? `${refs.get(line)}: ` : ""}${plain(line)}`);
  return [
    `- **${percent(hypothesis.probability)} ${HYPOTHESIS_TITLES[hypothesis.id]}**, ${plain(hypothesis.words)}`,
    ...evidence("for", hypothesis.for),
    ...evidence("against", hypothesis.against),
    ...evidence("missing", hypothesis.missing),
  ].join("\n");
}

function adviceSection(report: Report): string[] {
  if (report.advice.length === 0) return [];
  const blocks = ["### What to do now"];
  for (const [index, advice] of report.advice.entries()) {
    blocks.push(`${index + 1}. **${plain(advice.action)}** ${plain(advice.reason)}`);
    if (advice.rules.length > 0) blocks.push(fenced(advice.rules));
  }
  return blocks;
}

function limitsSection(report: Report): string[] {
  const lines = limits(report).map(({ topic, words, serious }) => `- ${serious ? `**${topic}**` : topic}: ${plain(words)}`);
  return ["### What this cannot tell", lines.join("\n"), `Made by Precursor ${plain(report.version)}.`];
}

/** A fenced block in a list item, three spaces deep; the fence is longer than any run of backticks within. */
function fenced(lines: readonly string[]): string {
  const visible = lines.map(escapeControls);
  const longest = Math.max(2, ...visible.flatMap((line) => (line.match(/`+/g) ?? []).map((run) => run.length)));
  const fence = "`".repeat(longest + 1);
  return [fence, ...visible, fence].map((line) => `   ${line}`).join("\n");
}

/** Cells must be escaped already; `align` has l or r a column. */
function table(titles: readonly string[], align: readonly ("l" | "r")[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(titles), line(titles.map((_, index) => (align[index] === "r" ? "---:" : "---"))), ...rows.map(line)].join("\n");
}
