/** What a detector has learned, as plain values and typed arrays (structured clone), for another run to go on from. */
import { UptickDetector } from "./detector.ts";
import type { UptickOptions } from "./options.ts";

/** Rises with the meaning of what is kept: another one is not read. */
const VERSION = 1;

export interface DetectorSnapshot {
  readonly version: number;
  /** Layout of the rows and length of a bucket: a snapshot of others is not read. */
  readonly shape: string;
  readonly rows: number;
  readonly free: readonly number[];
  readonly floats: Float32Array;
  readonly doubles: Float64Array;
  readonly shorts: Int16Array;
  readonly owners: Int32Array;
  readonly quiet: { readonly words: Float64Array; readonly owners: Int32Array; readonly length: number };
  /** Fields of the detector that are maps by series, and those that are numbers, by name. */
  readonly maps: Readonly<Record<string, ReadonlyMap<number, unknown>>>;
  readonly numbers: Readonly<Record<string, number>>;
}

export function snapshotOf(detector: UptickDetector): DetectorSnapshot {
  const { table, quiet } = detector;
  const { layout, rows } = table;
  const fields = Object.entries(detector);
  return {
    version: VERSION,
    shape: shapeOf(detector),
    rows,
    free: [...table.free],
    floats: table.floats.subarray(0, rows * layout.floats),
    doubles: table.doubles.subarray(0, rows * layout.doubles),
    shorts: table.shorts.subarray(0, rows * layout.weekHours),
    owners: table.owners.subarray(0, rows),
    quiet: { words: quiet.words, owners: quiet.owners, length: quiet.length },
    maps: Object.fromEntries(fields.filter((field): field is [string, Map<number, unknown>] => field[1] instanceof Map)),
    numbers: Object.fromEntries(fields.filter((field): field is [string, number] => typeof field[1] === "number")),
  };
}

/** A detector that goes on where the snapshot was taken. @throws RangeError for a snapshot of another version or shape */
export function restoredDetector(
  snapshot: DetectorSnapshot,
  options: Partial<UptickOptions> & Pick<UptickOptions, "bucketSeconds" | "seriesCount">,
): UptickDetector {
  const detector = new UptickDetector(options);
  if (snapshot.version !== VERSION || snapshot.shape !== shapeOf(detector)) throw new RangeError("a snapshot of another detector");
  const { table, quiet, places } = detector;
  const { layout } = table;
  const { rows, owners } = snapshot;
  const room = Math.max(rows, table.owners.length);
  table.floats = new Float32Array(room * layout.floats);
  table.floats.set(snapshot.floats);
  table.doubles = new Float64Array(room * layout.doubles);
  table.doubles.set(snapshot.doubles);
  table.shorts = new Int16Array(room * layout.weekHours);
  table.shorts.set(snapshot.shorts);
  table.owners = new Int32Array(room);
  table.owners.set(owners);
  table.adopt(rows, snapshot.free);
  quiet.words = Float64Array.from(snapshot.quiet.words);
  quiet.owners = Int32Array.from(snapshot.quiet.owners);
  quiet.length = snapshot.quiet.length;
  for (let row = 0; row < rows; row++) if (owners[row]! >= 0) places[owners[row]!] = row + 1;
  for (let place = 0; place < quiet.length; place++) places[quiet.owners[place]!] = -(place + 1);
  for (const [name, value] of Object.entries(detector)) {
    const kept = snapshot.maps[name];
    if (value instanceof Map && kept !== undefined) for (const [series, one] of structuredClone(kept)) value.set(series, one);
  }
  return Object.assign(detector, snapshot.numbers);
}

function shapeOf({ table, options }: UptickDetector): string {
  return JSON.stringify([table.layout, options.bucketSeconds, options.seriesCount]);
}
