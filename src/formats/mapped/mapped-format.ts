/** A format made of a mapping: any CSV, JSON lines or Parquet whose columns a user has named. */
import { ObservationBatch } from "../../model/observation.ts";
import { type Decoder, type Format, ObservationWriter } from "../format.ts";
import { isObservations } from "../observations/layout.ts";
import { isParquet } from "../parquet/metadata.ts";
import { MAX_LINE } from "../text/lines.ts";
import { CsvDecoder } from "./csv.ts";
import { JsonLinesDecoder } from "./json-lines.ts";
import type { Mapping } from "./mapping.ts";
import { ParquetRowsDecoder } from "./parquet-rows.ts";
import { MappedRecord } from "./record.ts";

/** Records of an input's head that are tried, to tell whether a mapping fits it. */
const TRIED = 5;

/** The format of tables that `mapping` (checked by whoever read it) describes, under a name of the caller's choice. */
export function mappedFormat(name: string, mapping: Mapping): Format {
  const has = (field: "tcpFlags" | "reversePackets" | "action"): boolean => mapping.fields.has(field);
  const make = (writer: ObservationWriter): Decoder => {
    const record = new MappedRecord(mapping, writer);
    if (mapping.records === "csv") return new CsvDecoder(mapping, record);
    return mapping.records === "json" ? new JsonLinesDecoder(mapping, record) : new ParquetRowsDecoder(mapping, record);
  };
  return {
    name,
    title: `${mapping.records === "csv" ? "CSV" : mapping.records === "json" ? "JSON lines" : "Parquet"} by a mapping`,
    proves: {
      portsOnTheWire: mapping.grade === "confirmed",
      tcpFlags: has("tcpFlags"),
      outcome: has("reversePackets") || has("tcpFlags"),
      fragments: false,
      action: has("action"),
    },
    maxRecord: MAX_LINE,
    recognises(head) {
      if (mapping.records === "parquet") return isParquet(head) && !isObservations(head);
      return fits(make, head);
    },
    decoder: (writer) => make(writer),
  };
}

/** Whether one of the first records of `head` makes a row. */
function fits(make: (writer: ObservationWriter) => Decoder, head: Uint8Array): boolean {
  let rows = 0;
  const writer = new ObservationWriter(new ObservationBatch(2 * TRIED), (batch) => {
    rows += batch.length;
    batch.length = 0;
    return batch;
  });
  const decoder = make(writer);
  let from = 0;
  for (let line = 0; line <= TRIED && from < head.length; line++) {
    const newline = head.indexOf(10, from);
    const to = newline < 0 ? head.length : newline + 1;
    const used = decoder.push(head, from, to);
    from += used;
    if (used === 0) break;
  }
  if (rows + writer.batch.length === 0) decoder.end(head, from, head.length);
  writer.flush();
  return rows > 0;
}
