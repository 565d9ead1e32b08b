/** The whole of `convert`: read, choose, anonymise, write. */
import packageManifest from "../../package.json" with { type: "json" };
import type { Mapping } from "../formats/mapped/mapping.ts";
import { Anonymiser } from "../formats/observations/anonymise.ts";
import { CryptoPan } from "../formats/observations/crypto-pan.ts";
import { ObservationsWriter, type OctetSink } from "../formats/observations/writer.ts";
import { UsageError } from "../model/errors.ts";
import { expandInputs } from "../sources/expand.ts";
import { isWrittenAsLive } from "./live-scheme.ts";
import { eachBatch, type Progress } from "./observe-inputs.ts";
import { type Unread, withoutPassedOver } from "./passed-over.ts";
import type { ReadSummary } from "./read-inputs.ts";

export interface ConvertOptions {
  readonly inputs: readonly string[];
  readonly since: number | null;
  readonly until: number | null;
  readonly filter: string | null;
  readonly inputFormat: string | null;
  readonly mapping: Mapping | null;
  /** Key of KEY_BYTES octets under which addresses are replaced, or null to keep them. */
  readonly key: Uint8Array | null;
  readonly onProgress: ((progress: Progress) => void) | null;
}

export interface Converted extends Unread {
  readonly summary: ReadSummary;
  /** Observations, and octets of the file. */
  readonly rows: number;
  readonly octets: number;
}

/**
 * Reads inputs and hands the octets of one Parquet file to `sink`. Inputs that cannot be read are in the result; where none can, the
 * first error is thrown, and nothing worth keeping was written.
 * @throws UsageError, FilterError, InputError
 */
export async function convert(options: ConvertOptions, sink: OctetSink): Promise<Converted> {
  const live = options.inputs.find(isWrittenAsLive);
  if (live !== undefined) throw new UsageError(`${live}: convert reads what is finished; assess listens, with --for`);
  const { paths, found, problems } = expandInputs(options.inputs);
  if (paths.length === 0) throw problems[0] ?? new UsageError("no input: name a file, a folder, or - for standard input");
  const createdBy = `precursor version ${packageManifest.version}`;
  const writer = new ObservationsWriter(sink, { createdBy, isAnonymised: options.key !== null });
  const anonymiser = options.key === null ? null : new Anonymiser(new CryptoPan(options.key));
  const { filter, since, until, inputFormat, mapping } = options;
  const job = { specs: paths, choice: { filter, since, until }, reading: { format: inputFormat, mapping }, onProgress: options.onProgress };
  const read = await eachBatch(job, (batch) => {
    anonymiser?.anonymise(batch);
    writer.write(batch);
  });
  const errors = [...problems, ...read.unreadable];
  if (read.sources.length === 0 && errors[0] !== undefined) throw errors[0];
  writer.finish();
  return { summary: read, ...withoutPassedOver(errors, found), rows: writer.rows, octets: writer.octets };
}
