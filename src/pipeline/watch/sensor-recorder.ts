/** The recorder of one sensor, with what it needs of other rooms: networks of the user, their names, owners of addresses, assigned ports. */
import { containsIPv4, containsIPv6, type Network } from "../../model/address.ts";
import type { HistoryBatch } from "../../model/history.ts";
import type { ObservationBatch } from "../../model/observation.ts";
import { type AsnLookup, IntervalRecorder } from "../../observe/recorder/recorder.ts";

/** What a watch needs of a recorder. */
export interface Recorder {
  readonly isFull: boolean;
  readonly isEmpty: boolean;
  observe(batch: ObservationBatch): void;
  touch(time: number): unknown;
  lose(time: number, records: number): void;
  take(): HistoryBatch;
}

export interface RecorderSetting {
  readonly home: readonly Network[];
  readonly targets: readonly { readonly name: string; readonly networks: readonly Network[] }[];
  readonly assigned: Uint8Array;
  readonly asnOf: AsnLookup;
}

export function sensorRecorder(sensor: string, { home, targets, assigned, asnOf }: RecorderSetting): Recorder {
  const recorder = new IntervalRecorder({
    sensor,
    assigned,
    // What the user's own networks send is no probing of them, and what does not go to them is not his
    isOwn: home.length === 0 ? null : (batch, row) => !isIn(home, batch, row, "destination") || isIn(home, batch, row, "source"),
    targetGroups: targets.map(({ name }) => name),
    targetGroupOf:
      targets.length === 0 ? null : (batch, row) => targets.findIndex(({ networks }) => isIn(networks, batch, row, "destination")),
  });
  return {
    get isFull() {
      return recorder.isFull;
    },
    get isEmpty() {
      return recorder.isEmpty;
    },
    observe: (batch) => recorder.observe(batch),
    touch: (time) => recorder.touch(time),
    lose: (time, records) => recorder.lose(time, records),
    take: () => recorder.take(asnOf),
  };
}

function isIn(networks: readonly Network[], batch: ObservationBatch, row: number, end: "source" | "destination"): boolean {
  if (batch.family[row] !== 6) return networks.some((network) => containsIPv4(network, batch[end][row]!));
  const words = end === "source" ? batch.source6 : batch.destination6;
  const at = 4 * row;
  return networks.some((network) => containsIPv6(network, words[at]!, words[at + 1]!, words[at + 2]!, words[at + 3]!));
}
