/** A report as text, Markdown, JSON or a page. The schema of the JSON is in schema.ts, apart, so that `assess` starts without zod. */
import type { Report } from "../model/report.ts";
import { renderHtml } from "./html.ts";
import { renderJson } from "./json.ts";
import { renderMarkdown } from "./markdown.ts";
import type { RenderOptions, ReportFormat } from "./options.ts";
import { renderText } from "./text.ts";

export type { RenderOptions, ReportFormat } from "./options.ts";

/** The whole output, with a newline at its end. Pure: the same report and options give the same text. */
export function render(report: Report, format: ReportFormat, options: RenderOptions = {}): string {
  switch (format) {
    case "text":
      return renderText(report, options);
    case "md":
      return renderMarkdown(report, options);
    case "json":
      return renderJson(report, options);
    case "html":
      return renderHtml(report, options);
  }
}
