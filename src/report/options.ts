/** What a caller may choose about how a report is printed. Every field has a default, so that `{}` prints well. */

export type ReportFormat = "text" | "md" | "json" | "html";

export interface RenderOptions {
  /** Text only: ANSI colours. Default false, so that nothing but text reaches a file or a pipe. */
  readonly colour?: boolean;
  /** Text only: no glyphs beyond ASCII, for consoles and tickets without Unicode. Default false. */
  readonly ascii?: boolean;
  /** Text only: columns, 60 to 200. Default 100. */
  readonly width?: number;
  /** Rows of the lists of scans and victims. Default 10 for text and Markdown, 200 for HTML, 1,000 for JSON. */
  readonly limit?: number;
}
