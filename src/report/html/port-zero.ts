/** Port zero on the page: the verdict, the table of its six kinds, the mix on the other port, the sources that sent it. */
import type { Report } from "../../model/report.ts";
import { otherPortLabel } from "../port-name.ts";
import { portZeroRows, portZeroWords, sum } from "../port-zero-words.ts";
import { count, dateTime, share } from "../quantity.ts";
import { networkWords } from "../wording.ts";
import { html, type Html } from "./markup.ts";
import { scrollTable } from "./plot.ts";
import { rowsBySource, scanRowId } from "./scan-links.ts";

const OTHER_PORTS = 10;
const SOURCES = 10;

/** @param limit rows in the table of scans, to which the sources lead. */
export function portZeroSection(report: Report, limit: number): Html {
  const { portZero } = report;
  const words = portZeroWords(portZero);
  const remarks = [...words.remarks, words.unconfirmed, words.excluded].filter((line) => line !== null);
  const seen = words.verdict !== "absent" && words.verdict !== "artefact";
  const notes =
    remarks.length > 0
      ? html`<ul class="plain notes">
          ${remarks.map((line) => html`<li>${line}</li>`)}
        </ul>`
      : null;
  return html`<section id="port-zero" aria-labelledby="port-zero-h">
    <h2 id="port-zero-h">Port zero: ${words.title}</h2>
    <p class="lead">${words.sentence}</p>
    ${
      seen
        ? html`<div class="pair">
            <div class="card">
              <h3>By role of the zero port</h3>
              ${kinds(report)}${notes}
            </div>
            ${mix(report)}
          </div>`
        : notes === null
          ? null
          : html`<div class="card">${notes}</div>`
    }
    ${sources(report, limit)}
  </section>`;
}

function kinds(report: Report): Html {
  const number = true;
  return scrollTable(
    "Packets by role of the zero port",
    [
      { text: "Transport" },
      { text: "Source", number },
      { text: "Destination", number },
      { text: "Both", number },
      { text: "Packets", number },
    ],
    portZeroRows(report.portZero).map(({ name, counts }) => [
      name,
      ...[counts.source, counts.destination, counts.both, sum(counts)].map(count),
    ]),
  );
}

function mix(report: Report): Html | null {
  const { otherPorts, tcp } = report.portZero;
  const whole = otherPorts.reduce((all, entry) => all + entry.packets, 0);
  if (!(whole > 0)) return null;
  const transport = sum(tcp) > 0 ? "tcp" : "udp";
  const shown = otherPorts.slice(0, OTHER_PORTS);
  const most = Math.max(...shown.map((entry) => entry.packets));
  const more = otherPorts.length - shown.length;
  return html`<div class="card">
    <h3>The port at the other end</h3>
    <ul class="bars" role="list">
      ${shown.map(
        ({ port, packets }) =>
          html`<li>
            <span>${otherPortLabel(port, transport)}</span>${bar(packets / most)}<span class="n" title="${count(packets)} packets"
              >${share(packets, whole)}</span
            >
          </li>`,
      )}
    </ul>
    ${more > 0 ? html`<p class="note">… and ${count(more)} more ports.</p>` : null}
  </div>`;
}

function sources(report: Report, limit: number): Html | null {
  const { topSources } = report.portZero;
  if (topSources.length === 0) return null;
  const number = true;
  const scans = rowsBySource(report.scans.slice(0, limit));
  const rows = topSources.slice(0, SOURCES).map((source) => {
    const labels = report.portZeroLabels.get(source.address);
    const scan = scans.get(source.address);
    return [
      scan === undefined
        ? html`<span class="mono">${source.address}</span>`
        : html`<a class="mono" href="#${scanRowId(scan)}" title="Its scans, with the evidence">${source.address}</a>`,
      labels === undefined ? "unknown network" : networkWords(labels),
      count(source.packets),
      count(source.targets),
      dateTime(source.firstSeen),
      dateTime(source.lastSeen),
    ];
  });
  const more = report.portZero.sources - rows.length;
  return html`<div class="card">
    <h3>Sources of port zero</h3>
    ${scrollTable(
      "Sources of port zero",
      [
        { text: "Source" },
        { text: "Network" },
        { text: "Packets", number },
        { text: "Targets", number },
        { text: "First seen (UTC)", number },
        { text: "Last seen (UTC)", number },
      ],
      rows,
    )}${more > 0 ? html`<p class="note">… and ${count(more)} more sources.</p>` : null}
  </div>`;
}

/** A bar of a fraction of its track; what it shows stands beside it in words. */
export function bar(fraction: number): Html {
  const width = Number.isFinite(fraction) ? Math.round(Math.min(1, Math.max(0, fraction)) * 1000) / 10 : 0;
  return html`<svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
    <rect class="track" width="100" height="8" />
    <rect class="fill" width="${width}" height="8" />
  </svg>`;
}
