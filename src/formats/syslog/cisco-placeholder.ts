/** Ports that Cisco devices print without having read any. */
import { GRADE_PLACEHOLDER, NO_PORT, type ObservationBatch } from "../../model/observation.ts";

/** Takes the ports of a row for what they are: not looked at. */
export function forgetPorts(batch: ObservationBatch, row: number): void {
  batch.sourcePort[row] = NO_PORT;
  batch.destinationPort[row] = NO_PORT;
  batch.grade[row] = GRADE_PLACEHOLDER;
}
