/**
 * The whole state of a detector as octets and back, exactly: a header in JSON for what is small and plain, the tables behind it as they
 * are in memory (little-endian, as on every machine that Node runs on). A restored detector says what the first would have said.
 */
import { UptickDetector } from "./detector.ts";
import type { OpenEvent } from "./event.ts";
import type { UptickOptions } from "./options.ts";
import type { PastSurges } from "./recurrence.ts";
import type { OpenRamp } from "./slow-rises.ts";

/** Grows with every change of layout: what another wrote is not read. */
const VERSION = 5;
const MAGIC = 0x50_55_50_54;
const WORDS = 2;
/** Tables begin at multiples of this, so that they can be looked at in place. */
const ALIGNMENT = 8;

interface Header {
  readonly options: UptickOptions;
  readonly first: number | null;
  readonly last: number | null;
  readonly mayWait: boolean;
  readonly refused: number;
  readonly rows: number;
  readonly free: readonly number[];
  readonly quiet: number;
  readonly events: readonly (readonly [number, OpenEvent])[];
  readonly ramps: readonly (readonly [number, OpenRamp])[];
  readonly surges: readonly (readonly [number, PastSurges])[];
}

type Table = Float32Array | Float64Array | Int16Array | Int32Array;

/** Octets that `restoreDetector` makes the same detector of. */
export function snapshotOf(detector: UptickDetector): Uint8Array {
  const { options, first, last, mayWait, refused, table, quiet, events, ramps, surges } = detector;
  const header: Header = {
    options,
    first: Number.isNaN(first) ? null : first,
    last: Number.isNaN(last) ? null : last,
    mayWait,
    refused,
    rows: table.rows,
    free: table.free,
    quiet: quiet.length,
    events: [...events],
    ramps: [...ramps],
    surges: [...surges.past],
  };
  const text = new TextEncoder().encode(JSON.stringify(header));
  const parts = tablesOf(detector, table.rows, quiet.length).map((part) => new Uint8Array(part.buffer, part.byteOffset, part.byteLength));
  const start = aligned(4 * (WORDS + 1) + text.length);
  const octets = new Uint8Array(parts.reduce((at, part) => aligned(at + part.length), start));
  new Uint32Array(octets.buffer, 0, WORDS + 1).set([MAGIC, VERSION, text.length]);
  octets.set(text, 4 * (WORDS + 1));
  let at = start;
  for (const part of parts) {
    octets.set(part, at);
    at = aligned(at + part.length);
  }
  return octets;
}

/**
 * @param options that hold from now on, in place of those of the snapshot.
 * @throws RangeError where the octets are not those of a detector of this version.
 */
export function restoreDetector(
  octets: Uint8Array,
  options: Partial<Omit<UptickOptions, "bucketSeconds" | "seriesCount">> = {},
): UptickDetector {
  const copy = octets.slice();
  const [magic, version, length] = copy.length < 4 * (WORDS + 1) ? [] : new Uint32Array(copy.buffer, 0, WORDS + 1);
  if (magic !== MAGIC || length === undefined) throw new RangeError("no state of an uptick detector");
  if (version !== VERSION) throw new RangeError(`state of an uptick detector of version ${version}, not ${VERSION}`);
  const headerAt = 4 * (WORDS + 1);
  if (headerAt + length > copy.length) throw new RangeError("state of an uptick detector that is cut");
  const header = JSON.parse(new TextDecoder().decode(copy.subarray(headerAt, headerAt + length))) as Header;
  const detector = new UptickDetector({ ...header.options, ...options });
  detector.first = header.first ?? Number.NaN;
  detector.last = header.last ?? Number.NaN;
  detector.mayWait = header.mayWait;
  detector.refused = header.refused;
  for (const [series, event] of header.events) detector.events.set(series, event);
  for (const [series, ramp] of header.ramps) detector.ramps.set(series, ramp);
  for (const [series, surges] of header.surges) detector.surges.past.set(series, surges);
  detector.table.adopt(header.rows, header.free);
  detector.quiet.adopt(header.quiet);
  let at = aligned(headerAt + length);
  for (const part of tablesOf(detector, header.rows, header.quiet)) {
    if (at + part.byteLength > copy.length) throw new RangeError("state of an uptick detector that is cut");
    new Uint8Array(part.buffer, part.byteOffset, part.byteLength).set(copy.subarray(at, at + part.byteLength));
    at = aligned(at + part.byteLength);
  }
  detector.findPlaces();
  return detector;
}

/** The used part of each table. */
function tablesOf({ table, quiet }: UptickDetector, rows: number, quietLength: number): Table[] {
  const { layout } = table;
  return [
    table.floats.subarray(0, rows * layout.floats),
    table.doubles.subarray(0, rows * layout.doubles),
    table.shorts.subarray(0, rows * layout.weekHours),
    table.owners.subarray(0, rows),
    quiet.words.subarray(0, quietLength * quiet.stride),
    quiet.owners.subarray(0, quietLength),
  ];
}

function aligned(octets: number): number {
  return Math.ceil(octets / ALIGNMENT) * ALIGNMENT;
}
