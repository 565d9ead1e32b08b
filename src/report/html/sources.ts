/** Who probed: the table of scans with the evidence of each, sortable and searchable; and the victims whose answers arrived. */
import type { LabelledScan, Report } from "../../model/report.ts";
import type { AddressLabels } from "../../model/label.ts";
import { answererWords } from "../backscatter-words.ts";
import { listAge } from "../limits.ts";
import { persistenceHeadline, persistenceSentence } from "../persistence-words.ts";
import { portLabel, portList } from "../port-name.ts";
import { count, counted, dateTime, duration, share, timeSpan } from "../quantity.ts";
import { reputationWords } from "../reputation-words.ts";
import {
  floodCells,
  capital,
  KIND_MEANINGS,
  networkWords,
  outcomeWords,
  scanHosts,
  scanHow,
  scanMarks,
  scansHeadline,
  scanTool,
  KIND_WORDS,
  nameWords,
} from "../wording.ts";
import { spoofingNote } from "./campaigns.ts";
import { html, type Html, type Piece } from "./markup.ts";
import { scrollTable } from "./plot.ts";
import { rowsBySource, scanRowId } from "./scan-links.ts";

/** Rows before "Show all" is pressed; style.ts hides the rest by position, so that sorting brings the right ones forward. */
const AT_FIRST = 20;
/** Fewer scans than these need no search. */
const WORTH_SEARCHING = 6;
const PORTS_IN_DETAIL = 20;
const ADDRESSES_IN_DETAIL = 12;

const COLUMNS: readonly { readonly title: string; readonly number: boolean }[] = [
  { title: "Source", number: false },
  { title: "Network", number: false },
  { title: "How", number: false },
  { title: "Ports", number: false },
  { title: "Hosts", number: true },
  { title: "Packets", number: true },
  { title: "Tool", number: false },
  { title: "First seen (UTC)", number: true },
];

export function scansSection(report: Report, limit: number): Html {
  const shown = report.scans.slice(0, limit);
  const more = report.scansTotal - shown.length;
  return html`<section id="scans" aria-labelledby="scans-h">
    <h2 id="scans-h">Who probed</h2>
    <p class="lead">${capital(scansHeadline(report))}.</p>
    ${shown.length === 0 ? null : scanTable(shown, report.madeAt)}
    ${more > 0 ? html`<p class="note">… and ${count(more)} more, lighter ones; <code>--format json --limit ${String(report.scansTotal)}</code> lists them.</p>` : null}
    ${spoofingNote(report)} ${floods(report, limit)} ${backscatter(report, limit)} ${persistence(report, limit)}
  </section>`;
}

function scanTable(scans: readonly LabelledScan[], madeAt: number): Html {
  const rows = rowsBySource(scans);
  return html`<div class="card">
    ${
      scans.length < WORTH_SEARCHING
        ? null
        : html`<div class="filter needs-js">
            <label for="filter">Only rows with</label><input id="filter" type="search" autocomplete="off" spellcheck="false" /><span
              id="shown"
              role="status"
              >${counted(scans.length, "scan")}</span
            >
          </div>`
    }
    <div class="scroll" tabindex="0" role="region" aria-label="Scans">
      <table class="scans">
        <thead>
          <tr>
            ${COLUMNS.map(
              ({ title, number }) =>
                html`<th scope="col" ${number ? html` class="n" data-number` : null}><button type="button">${title}</button></th>`,
            )}
          </tr>
        </thead>
        ${scans.map((scan, index) => scanRows(scan, madeAt, rows.get(scan.source) === index ? scanRowId(index) : null))}
      </table>
    </div>
    ${
      scans.length > AT_FIRST
        ? html`<p class="note needs-js"><button type="button" id="all">Show all ${count(scans.length)}</button></p>`
        : null
    }
  </div>`;
}

function scanRows(scan: LabelledScan, madeAt: number, id: string | null): Html {
  const ports = portList(scan.ports, scan.portCount, scan.transport);
  const marks = scanMarks(scan);
  const members = scan.memberCount > 1 ? html` <span class="quiet">+${count(scan.memberCount - 1)}</span>` : null;
  const chips = marks.map(
    (mark) => html`<span class="chip${mark === "port zero" || mark.includes("research") ? " strong" : ""}">${mark}</span>`,
  );
  const network = networkWords(scan.labels);
  return html`<tbody${id === null ? null : html` id="${id}"`}>
    <tr>
      <th scope="row" class="mono" data-sort="${scan.source}">${scan.source}${members}</th>
      <td data-sort="${network}">${network}</td>
      <td class="keep" data-sort="${scanHow(scan)}">${scanHow(scan)}</td>
      <td class="keep" data-sort="${String(scan.ports[0] ?? -1)}">${ports}</td>
      <td class="n" data-sort="${scanHosts(scan)}">${count(scanHosts(scan))}</td>
      <td class="n" data-sort="${scan.packets}">${count(scan.packets)}</td>
      <td data-sort="${scan.tool?.name ?? "~"}">${scan.tool?.name ?? "–"}</td>
      <td class="n keep" data-sort="${Number.isFinite(scan.firstSeen) ? scan.firstSeen : 0}">${dateTime(scan.firstSeen)}</td>
    </tr>
    <tr class="why">
      <td colspan="${COLUMNS.length}">
        <details>
          <summary>${scan.evidence[0] ?? "Details"}${chips.length > 0 ? [" ", ...chips] : null}</summary>
          ${evidence(scan, madeAt)}
        </details>
      </td>
    </tr>
  </tbody>`;
}

function evidence(scan: LabelledScan, madeAt: number): Html {
  const entries: (readonly [string, Piece])[] = [
    ["Kind", `${scan.kind}: ${KIND_MEANINGS[scan.kind]}`],
    ["When", `${timeSpan(scan.firstSeen, scan.lastSeen)}, ${duration(scan.lastSeen - scan.firstSeen)}`],
    ["Contacts", `${count(scan.contactCount)}: ${outcomeWords(scan.outcomes)}`],
    [
      "Targets",
      addresses(scan.targets, scanHosts(scan)) +
        (scan.darkTargetCount > 0 ? `; ${share(scan.darkTargetCount, scan.targetCount)} never seen sending` : ""),
    ],
  ];
  if (scan.ports.length > 1) {
    const named = scan.ports
      .slice(0, PORTS_IN_DETAIL)
      .map((port) => (scan.transport === "tcp" || scan.transport === "udp" ? portLabel(port, scan.transport) : String(port)));
    entries.push([
      "Ports",
      `${named.join(", ")}${scan.portCount > named.length ? `, and ${count(scan.portCount - named.length)} more` : ""}`,
    ]);
  }
  const tool = scanTool(scan);
  if (tool !== null) entries.push(["Tool", `${tool} carry its mark`]);
  if (scan.spoofable) entries.push(["Spoofable", "the source never showed that it gets answers: the address may be forged"]);
  if (scan.decoys.length > 0) entries.push(["Decoys", addresses(scan.decoys, scan.decoys.length)]);
  if (scan.memberCount > 1) entries.push(["Members", addresses(scan.members, scan.memberCount)]);
  entries.push(...labelEntries(scan.labels, madeAt));
  return html`<ul class="plain">
      ${scan.evidence.slice(1).map((line) => html`<li>${line}</li>`)}
    </ul>
    <dl>
      ${entries.map(
        ([name, value]) =>
          html`<dt>${name}</dt>
            <dd>${value}</dd>`,
      )}
    </dl>`;
}

function labelEntries(labels: AddressLabels, madeAt: number): (readonly [string, Piece])[] {
  const entries: (readonly [string, Piece])[] = [];
  const { acknowledged, network, reserved, name } = labels;
  if (acknowledged !== null) {
    const words = `${acknowledged.organisation}, ${acknowledged.status}: ${acknowledged.reason}`;
    entries.push(["Research", `${words} (${acknowledged.list}, ${listAge(acknowledged.date, madeAt)})`]);
  }
  if (name !== undefined && name !== null) entries.push(["Name", nameWords(name)]);
  const kind = network === null || network.kind === null ? "" : `, ${KIND_WORDS[network.kind]}`;
  if (network !== null) entries.push(["Network", `${networkWords(labels)}${kind} (${network.list}, ${listAge(network.date, madeAt)})`]);
  if (labels.reputation !== null) entries.push(["Reputation", reputationWords(labels.reputation)]);
  if (reserved !== null) {
    const reach = reserved.globallyReachable ? "reachable over the Internet" : "cannot have come over the Internet";
    entries.push(["Reserved", `${reserved.name}: ${reach} (${reserved.list})`]);
  }
  return entries;
}

function addresses(some: readonly string[], whole: number): string {
  const shown = some.slice(0, ADDRESSES_IN_DETAIL);
  const more = whole - shown.length;
  return more > 0 ? `${shown.join(", ")} and ${count(more)} more` : shown.join(", ");
}

function floods(report: Report, limit: number): Html | null {
  if (report.floods.length === 0) return null;
  const number = true;
  const rows = report.floods.slice(0, limit).map((flood) => {
    const [target = "", ...cells] = floodCells(flood);
    return [html`<span class="mono">${target}</span>`, ...cells, evidenceList(flood.evidence)];
  });
  const titles = [
    { text: "Target" },
    { text: "How" },
    { text: "Ports" },
    { text: "Sources", number },
    { text: "Packets", number },
    { text: "Why" },
  ];
  const more = report.floods.length - rows.length;
  return html`<div class="card" id="floods">
    <h3>Floods: targets under attack</h3>
    <p class="note">So many packets that come to nothing search nothing. Where the sources are many, most are forged.</p>
    ${scrollTable("Floods", titles, rows)}${more > 0 ? html`<p class="note">… and ${count(more)} more.</p>` : null}
  </div>`;
}

function evidenceList(lines: readonly string[]): Html | string {
  if (lines.length === 0) return "–";
  return html`<details>
    <summary>Evidence</summary>
    <ul class="plain">
      ${lines.map((line) => html`<li>${line}</li>`)}
    </ul>
  </details>`;
}

function backscatter(report: Report, limit: number): Html | null {
  const words = answererWords(report);
  if (words === null) return null;
  const number = true;
  const rows = report.backscatter
    .slice(0, limit)
    .map((entry) => [
      html`<span class="mono">${entry.victim}</span>`,
      networkWords(entry.labels),
      `${portList(entry.ports, entry.ports.length, entry.transport)} ${entry.transport.toUpperCase()}`,
      count(entry.packets),
      count(entry.peers),
      entry.qualifies ? "met" : "not met",
      evidenceList(entry.evidence),
    ]);
  const titles = [
    { text: words.role },
    { text: "Network" },
    { text: "Its ports" },
    { text: "Packets", number },
    { text: "Peers", number },
    { text: "RSDoS thresholds" },
    { text: "Why" },
  ];
  const more = report.backscatterTotal - rows.length;
  return html`<div class="card" id="backscatter">
    <h3>${words.title}: ${words.headline}, not scanners</h3>
    <p class="note">${capital(words.note)}.</p>
    ${scrollTable(words.title, titles, rows)}${more > 0 ? html`<p class="note">… and ${count(more)} more.</p>` : null}
  </div>`;
}

function persistence(report: Report, limit: number): Html | null {
  const headline = persistenceHeadline(report);
  if (headline === null) return null;
  const shown = report.persistence.slice(0, limit);
  const more = report.persistenceTotal - shown.length;
  return html`<div class="card" id="persistence">
    <h3>Asked in vain</h3>
    <p class="note">${capital(headline)}.</p>
    <ul class="plain">
      ${shown.map((one) => html`<li>${persistenceSentence(one)}</li>`)}
    </ul>
    ${more > 0 ? html`<p class="note">… and ${count(more)} more.</p>` : null}
  </div>`;
}
