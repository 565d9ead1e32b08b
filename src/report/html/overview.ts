/** The head of the page: the judgement, how sure it is, what it stands on, and the figures that lead to their evidence. */
import type { NotePart, NoteSentence, ReportSection } from "../../model/assessment.ts";
import type { Report } from "../../model/report.ts";
import { answererWords } from "../backscatter-words.ts";
import { inputWords } from "../limits.ts";
import { countedSteps, isEvidence, notePart, SECTION_NAMES } from "../note-words.ts";
import { portZeroWords, sum } from "../port-zero-words.ts";
import { count, counted, duration, percent, share, timeSpan } from "../quantity.ts";
import { whomWords } from "../whom.ts";
import { capital, HYPOTHESIS_TITLES, inputName, SEVERITY_PHRASES } from "../wording.ts";
import { html, type Html, type Piece } from "./markup.ts";

export function overview(report: Report): Html {
  const { severity, confidence, tooEarly } = report.assessment;
  const { firstSeen, lastSeen } = report.input;
  const span =
    firstSeen === null || lastSeen === null ? null : html`<br />${timeSpan(firstSeen, lastSeen)}, ${duration(lastSeen - firstSeen)}`;
  return html`<section id="judgement" aria-labelledby="judgement-h">
    <h1 id="judgement-h">
      <span class="badge ${severity}">${capital(severity)}</span><span class="h1-phrase">${capital(SEVERITY_PHRASES[severity])}</span
      ><span>Confidence ${confidence}${tooEarly ? ", too early to tell" : ""}</span>
    </h1>
    ${noteOf(report)}
    <p class="input">
      <span class="mono">${inputName(report)}</span><br />${inputWords(report)}, ${counted(report.senderCount, "sender")}${span}
    </p>
    <ul class="facts" role="list">
      ${facts(report)}
    </ul>
  </section>`;
}

function facts(report: Report): Html[] {
  const { portZero, targets, assessment, backscatterTotal, scansTotal, advice } = report;
  const words = portZeroWords(portZero);
  const confirmed = sum(portZero.tcp) + sum(portZero.udp);
  // As in the judgement: answers are no probes.
  const sent = portZero.replies < confirmed ? confirmed - portZero.replies : confirmed;
  const tiles = [
    fact("#port-zero", count(sent), `${sent === 1 ? "packet" : "packets"} with port zero: ${words.title}`),
    fact("#scans", count(scansTotal), scansTotal === 1 ? "scan" : "scans"),
    fact(
      targets.networks.length > 0 ? "#map" : "#scans",
      count(targets.count),
      `targets${targets.dark > 0 ? `, ${share(targets.dark, targets.count)} dark` : ""}`,
    ),
  ];
  const answerers = answererWords(report);
  if (answerers !== null)
    tiles.push(fact("#backscatter", count(backscatterTotal), `${answerers.title.toLowerCase()}: who answers unasked`));
  const [leading] = assessment.hypotheses;
  if (leading !== undefined) tiles.push(fact("#readings", percent(leading.probability), HYPOTHESIS_TITLES[leading.id]));
  if (advice.length > 0) tiles.push(fact("#advice", count(advice.length), advice.length === 1 ? "thing to do now" : "things to do now"));
  return tiles;
}

/** The bottom line, then why, what comes next and what to do, every sentence with links to what it stands on. */
function noteOf(report: Report): Html {
  const { assessment } = report;
  if (assessment.note.length === 0) {
    const [headline, caveats] = cutAfterSentence(assessment.summary);
    return html`<p class="summary">${headline}</p>
      ${caveats === "" ? null : html`<p class="caveats">${caveats}</p>`}`;
  }
  const anchors = new Set([...countedSteps(assessment).map(({ ref }) => ref), ...sectionsThere(report)]);
  const told = (part: NotePart): readonly Html[] => notePart(assessment, part).map((sentence) => cited(sentence, anchors));
  const paragraph = (part: NotePart, mark: string): Html | null => {
    const sentences = told(part);
    return sentences.length === 0 ? null : html`<p class="caveats"><b>${mark}</b> ${sentences}</p>`;
  };
  return html`<p class="summary">${told("bottom-line")}</p>
    ${paragraph("why", "Why.")} ${paragraph("next", "Next.")} ${paragraph("do", "Do now.")}`;
}

/** Sections that the page has, by their names in the note. */
function sectionsThere(report: Report): string[] {
  const { hypotheses, outlook } = report.assessment;
  return [
    "port-zero",
    "scans",
    "limits",
    ...(report.campaignsTotal > 0 ? ["campaigns"] : []),
    ...(whomWords(report) === null ? [] : ["focus"]),
    ...(report.floods.length > 0 ? ["floods"] : []),
    ...(report.backscatterTotal > 0 ? ["backscatter"] : []),
    ...(hypotheses.length > 0 ? ["readings"] : []),
    ...(outlook.length > 0 ? ["outlook"] : []),
    ...(report.advice.length > 0 ? ["advice"] : []),
  ];
}

function cited({ text, leadsTo }: NoteSentence, anchors: ReadonlySet<string>): Html {
  const links = leadsTo
    .filter((one) => anchors.has(one))
    .map((one) => html` <a class="ref" href="#${one}">${isEvidence(one) ? one : (SECTION_NAMES[one as ReportSection] ?? one)}</a>`);
  return html`${text}${links} `;
}

/** The first sentence, which is the judgement, and what qualifies it. */
function cutAfterSentence(summary: string): [string, string] {
  const end = /\.(?= [A-Z])/.exec(summary);
  return end === null ? [summary, ""] : [summary.slice(0, end.index + 1), summary.slice(end.index + 2)];
}

function fact(target: string, figure: string, words: Piece): Html {
  return html`<li>
    <a href="${target}"><b>${figure}</b><span>${words}</span></a>
  </li>`;
}
