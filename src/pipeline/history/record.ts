/** A sensor's history in the making, with what it needs of other rooms: the owners of addresses, and what ports IANA has assigned. */
import { AsnTable } from "../../intel/asn-table.ts";
import type { Network } from "../../model/address.ts";
import type { HistoryBatch } from "../../model/history.ts";
import { IntervalRecorder, type RecorderOptions, type TargetGroup } from "../../observe/recorder/interval-recorder.ts";
import type { UnassignedPorts } from "../../observe/recorder/series-columns.ts";
import { unassignedPorts } from "../../report/port-name.ts";

/** What the user said of his networks. */
export interface RecordOptions {
  /** The defended networks; empty where they are not known. */
  readonly home: readonly Network[];
  /** Groups of targets, at most 63. */
  readonly targets: readonly TargetGroup[];
  readonly limits?: RecorderOptions["limits"];
}

/** Shared by all sensors of a process: 8 MB of ranges, read at the first address of a family. */
let owners: AsnTable | null = null;
let unassigned: UnassignedPorts | null = null;

/** Records one sensor. A batch that it hands out is bounded by the recorder's tables: some ten million members. */
export class SensorRecorder extends IntervalRecorder {
  /** @param seed for those who must get the same batches again. */
  constructor(sensor: string, { home, targets, limits = {} }: RecordOptions, seed?: number) {
    unassigned ??= { tcp: unassignedPorts("tcp"), udp: unassignedPorts("udp") };
    super({ sensor, home, targetGroups: targets, unassigned, limits, ...(seed === undefined ? {} : { seed }) });
  }

  /** All since the last time, with the owners of sources. */
  override take(asnOf = ownerOf): HistoryBatch {
    return super.take(asnOf);
  }
}

function ownerOf(a: number, b: number, c: number, d: number): number {
  owners ??= new AsnTable();
  return owners.lookup(a, b, c, d);
}
