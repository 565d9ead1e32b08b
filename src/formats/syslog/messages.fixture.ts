/** Lines of any kind, decoded as one file of a syslog server. */
import { expect } from "vitest";
import { type Decoded, decodeWhole, type Row } from "../decode-whole.ts";
import { type Format, freshContext } from "../format.ts";
import { MAX_LINE } from "../text/lines.ts";
import { SyslogDecoder } from "./decode.ts";

/** When the lines were written: the year of stamps that have none is 2013. */
const WRITTEN = Date.UTC(2014, 0, 5, 12) / 1000;
const ANY_LINES: Format = {
  name: "any",
  title: "log lines of any kind",
  proves: { portsOnTheWire: true, tcpFlags: true, outcome: true, fragments: true, action: true },
  maxRecord: MAX_LINE,
  recognises: () => true,
  decoder: (writer, context) => new SyslogDecoder(writer, context),
};

export function decodeLines(...lines: readonly string[]): Decoded {
  const bytes = new TextEncoder().encode(lines.join("\n"));
  return decodeWhole(ANY_LINES, bytes, bytes.length, 256, freshContext(WRITTEN));
}

/** The one row of a line that gives one, and no fault. */
export function onlyRow(line: string): Row {
  const { rows, stats } = decodeLines(line);
  expect(stats.unparsed, line).toBe(0);
  expect(Object.fromEntries(stats.skipped), line).toEqual({});
  expect(rows, line).toHaveLength(1);
  return rows[0]!;
}
