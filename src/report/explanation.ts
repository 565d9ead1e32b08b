/** `--explain` as text: what one address sent and got, class by class, and what follows from it. */
import type { ExplainedClass, Explanation } from "../model/explanation.ts";
import type { Outcomes } from "../model/finding.ts";
import type { AddressLabels } from "../model/label.ts";
import { classMeaning, classRole } from "./class-meanings.ts";
import type { RenderOptions } from "./options.ts";
import { count, timeSpan } from "./quantity.ts";
import { reputationWords } from "./reputation-words.ts";
import { type Column, Screen } from "./text/screen.ts";
import { KIND_WORDS, nameWords } from "./wording.ts";

/** Ports and targets that fit a line; the numbers of all stand beside them. */
const SHOWN_PORTS = 12;
const SHOWN_TARGETS = 4;

interface ClassColumn extends Column {
  readonly cell: (one: ExplainedClass) => string;
  /** Left out where no class has any. */
  readonly optional?: true;
}

const COLUMNS: readonly ClassColumn[] = [
  { title: "Class", shrinkTo: 12, cell: ({ name }) => name },
  { title: "Packets", align: "right", cell: ({ packets }) => count(packets) },
  { title: "Contacts", align: "right", cell: ({ contacts }) => count(contacts) },
  { title: "Targets", align: "right", cell: ({ targets }) => count(targets) },
  { title: "Ports", align: "right", cell: ({ ports }) => count(ports) },
  { title: "Answered", align: "right", cell: (one) => outcome(one, "answered") },
  { title: "Refused", align: "right", cell: (one) => outcome(one, "refused") },
  { title: "Unreachable", align: "right", optional: true, cell: (one) => outcome(one, "unreachable") },
  { title: "No answer", align: "right", cell: (one) => outcome(one, "silent") },
];

/** Lines of at most `options.width` columns (100). */
export function renderExplanation(explanation: Explanation, options: RenderOptions = {}): string {
  const screen = new Screen(options);
  const { address, classes, verdicts } = explanation;
  screen.heading("Explain", address);
  for (const line of labelLines(explanation.labels)) screen.paragraph(line);
  screen.heading("Verdict", "");
  for (const verdict of verdicts) screen.paragraph(verdict, { mark: { text: "·" } });
  if (verdicts.length === 0) screen.paragraph("Nothing that it sent makes it a scanner, a victim or anything else of note.");
  if (classes.length === 0) {
    screen.blank();
    screen.paragraph("The address was not seen in this input, or a filter left out all that it sent.");
  } else {
    screen.heading("Seen", span(classes));
    const shown = COLUMNS.filter(({ optional }) => optional !== true || classes.some((one) => one.outcomes.unreachable > 0));
    screen.table(
      shown,
      classes.map((one) => shown.map((column) => column.cell(one))),
    );
    for (const one of classes) {
      screen.blank();
      for (const [index, line] of details(one).entries()) screen.paragraph(line, { indent: index === 0 ? 2 : 4 });
    }
  }
  return screen.toString();
}

function labelLines(labels: AddressLabels): string[] {
  const lines: string[] = [];
  const { network, acknowledged, reserved, name } = labels;
  if (network !== null) {
    const asn = network.asn === null ? [] : [`AS${network.asn}`];
    const country = network.country === null ? [] : [`registered in ${network.country}, which says little of who sends`];
    const kind = network.kind === null ? [] : [KIND_WORDS[network.kind]];
    const parts = [...asn, ...(network.name === null ? [] : [network.name]), ...kind, ...country];
    if (parts.length > 0) lines.push(`Network: ${parts.join(", ")} (${source(network)})`);
  }
  if (name !== undefined && name !== null) lines.push(`Name: ${nameWords(name)}`);
  if (acknowledged !== null) {
    lines.push(
      `Acknowledged scanner: ${acknowledged.organisation}, ${acknowledged.status}: ${acknowledged.reason} (${source(acknowledged)})`,
    );
  }
  if (labels.reputation !== null) lines.push(`Reputation: ${reputationWords(labels.reputation)}`);
  if (reserved !== null) {
    const reach = reserved.globallyReachable ? "" : ", which nothing on the Internet can have";
    lines.push(`Special-purpose address: ${reserved.name}${reach} (${source(reserved)})`);
  }
  return lines;
}

function source(label: { readonly list: string; readonly date: string | null }): string {
  return label.date === null ? label.list : `${label.list}, ${label.date}`;
}

function span(classes: readonly ExplainedClass[]): string {
  const first = Math.min(...classes.map(({ firstSeen }) => firstSeen));
  const last = Math.max(...classes.map(({ lastSeen }) => lastSeen));
  return timeSpan(first, last, " to ");
}

/** How many contacts were met so; answers are not met with anything. */
function outcome(one: ExplainedClass, kind: keyof Outcomes): string {
  return classRole(one.name) === "answer" ? "–" : count(one.outcomes[kind]);
}

/** The class's name with its time, then a line for each thing known of it. */
function details(one: ExplainedClass): string[] {
  const lines = [`${one.name}, ${timeSpan(one.firstSeen, one.lastSeen, " to ")}`];
  const meaning = classMeaning(one.name);
  if (meaning !== null) lines.push(`${meaning}.`);
  const side = { probe: "", answer: "to ", received: "from " }[classRole(one.name)];
  const peers = side === "" ? "targets" : `${side}addresses`;
  const tools = Object.entries(one.tools).sort(([, a], [, b]) => b - a);
  if (one.topPorts.length > 0) lines.push(`${side}ports: ${some(one.topPorts.map(String), SHOWN_PORTS, one.ports)}`);
  if (one.sampleTargets.length > 0) lines.push(`${peers}: ${some(one.sampleTargets, SHOWN_TARGETS, one.targets)}`);
  if (tools.length > 0)
    lines.push(
      `marks of tools: ${tools.map(([name, packets]) => `${name} in ${count(packets)} of ${count(one.packets)} packets`).join(", ")}`,
    );
  return lines;
}

function some(items: readonly string[], limit: number, total: number): string {
  const shown = items.slice(0, limit);
  const more = Math.max(total, items.length) - shown.length;
  return more > 0 ? `${shown.join(", ")} and ${count(more)} more` : shown.join(", ");
}
