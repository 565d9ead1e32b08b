/** Lines of a CSV (RFC 4180) list of assets: a header, then one asset a line; several networks or services are separated by blanks or semicolons. */

/** One line's cells by column, and its number. */
export interface CsvRow {
  readonly line: number;
  readonly cells: readonly string[];
}

/** All rows that are not empty; quotes may hold commas, quotes and line ends. Null where a quote is not closed, with its line. */
export function csvRows(text: string): { readonly rows: CsvRow[]; readonly openQuoteAt: number | null } {
  const rows: CsvRow[] = [];
  let cells: string[] = [];
  let cell = "";
  let line = 1;
  let startedAt = 1;
  let quoteAt: number | null = null;
  const endRow = (): void => {
    cells.push(cell);
    if (cells.some((value) => value.trim() !== "") && !cells[0]!.trimStart().startsWith("#")) rows.push({ line: startedAt, cells });
    cells = [];
    cell = "";
  };
  for (let at = 0; at < text.length; at++) {
    const letter = text[at]!;
    if (letter === "\n") line++;
    if (quoteAt !== null) {
      if (letter !== '"') cell += letter;
      else if (text[at + 1] === '"') {
        cell += '"';
        at++;
      } else quoteAt = null;
    } else if (letter === '"' && cell.trim() === "") {
      cell = "";
      quoteAt = line;
    } else if (letter === ",") {
      cells.push(cell);
      cell = "";
    } else if (letter === "\n") {
      endRow();
      startedAt = line;
    } else if (letter !== "\r") cell += letter;
  }
  if (cell !== "" || cells.length > 0) endRow();
  return { rows, openQuoteAt: quoteAt };
}
