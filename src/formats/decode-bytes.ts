/** Decodes an input held in memory into a writer: for tests, benchmarks and inputs that are never streams. */
import { type DecodeContext, type DecodeStats, type Format, freshContext, HEAD_BYTES, type ObservationWriter } from "./format.ts";
import { recogniseFormat } from "./index.ts";

/** Decodes all of `bytes` and flushes the writer. `format` null: as recognised; null is returned where nothing recognises it. */
export function decodeBytes(
  bytes: Uint8Array,
  writer: ObservationWriter,
  format: Format | null = recogniseFormat(bytes.subarray(0, HEAD_BYTES)),
  context: DecodeContext = freshContext(),
): DecodeStats | null {
  if (format === null) return null;
  const decoder = format.decoder(writer, context);
  let at = 0;
  for (let used = -1; used !== 0 && at < bytes.length; at += used) used = decoder.push(bytes, at, bytes.length);
  decoder.end(bytes, at, bytes.length);
  writer.flush();
  return decoder.stats;
}
