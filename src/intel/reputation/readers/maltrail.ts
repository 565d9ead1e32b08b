/**
 * Maltrail's trails (https://github.com/stamparm/maltrail, trails/static): an address, "address:port", domain, URL or path a line. The
 * compiled trails.csv has the trail in its first column.
 */
import { eachLine } from "./line-reader.ts";
import type { ReadingBuilder } from "./reading.ts";

const COLON = 58;
const SLASH = 47;
const OPEN = 91;
const CLOSE = 93;

export function readMaltrail(bytes: Uint8Array, builder: ReadingBuilder): void {
  eachLine(bytes, builder, (_, at, end, line) => {
    const { scanner } = builder;
    const isBracketed = bytes[at] === OPEN;
    const next = scanner.scan(bytes, isBracketed ? at + 1 : at, end);
    if (next >= 0 && (!isBracketed || bytes[next] === CLOSE)) builder.take();
    // A URL on an address ("192.0.2.1/x.php") is about the URL: other sites may live at the address
    else if (scanner.family === 4 && scanner.fault === "a prefix length out of range" && isPath(bytes, at, end)) builder.foreign++;
    else builder.other(bytes, at, end, at, line);
  });
}

function isPath(bytes: Uint8Array, at: number, end: number): boolean {
  for (let i = at; i + 1 < end; i++) if (bytes[i] === SLASH && bytes[i - 1] !== COLON) return bytes[i + 1]! < 48 || bytes[i + 1]! > 57;
  return false;
}
