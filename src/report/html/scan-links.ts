/** Links to the table of scans: a number or an address elsewhere on the page leads to the row with its evidence. */
import type { LabelledScan } from "../../model/report.ts";

/** The first of the shown scans of each source: where links to the source lead. */
export function rowsBySource(scans: readonly LabelledScan[]): Map<string, number> {
  const rows = new Map<string, number>();
  for (const [index, { source }] of scans.entries()) if (!rows.has(source)) rows.set(source, index);
  return rows;
}

/** The anchor of a row, whatever the address holds. */
export function scanRowId(row: number): string {
  return `scan-${row + 1}`;
}
