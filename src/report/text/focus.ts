/** Whom they meant, on the screen. */
import type { Report } from "../../model/report.ts";
import { whomWords } from "../whom.ts";
import type { Screen } from "./screen.ts";

export function writeFocus(screen: Screen, report: Report): void {
  const whom = whomWords(report, true);
  if (whom === null) return;
  screen.heading("Whom", whom.title);
  for (const sentence of whom.sentences) screen.paragraph(sentence);
}
