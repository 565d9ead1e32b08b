/** Opens any input for reading, with whatever compression it has taken off: by content, never by the name. */
import { InputError } from "../model/errors.ts";
import { CODEC_HEAD_BYTES, codecOf, DecompressingReader } from "./decompression.ts";
import { openFile, openStandardInput, STANDARD_INPUT } from "./file.ts";
import { MemoryReader } from "./memory.ts";
import { readFully, ResumedReader, type ByteReader } from "./reader.ts";

/** Compressions inside one another that are taken off: more is a trap (a gzip file can hold itself without end). */
const MAX_NESTED = 4;

/** A path ("-" is standard input), or octets in memory under a name. */
export type SourceSpec = string | { readonly name: string; readonly bytes: Uint8Array };

/**
 * Opens an input. The caller closes the reader.
 * @throws InputError where it cannot be read, or holds nothing at all.
 */
export async function openSource(spec: SourceSpec): Promise<ByteReader> {
  let reader = openStored(spec);
  // Only what can be opened again is worth opening again: a pipe gives its octets once
  let reopen = reader.size === null || spec === STANDARD_INPUT ? null : async (): Promise<ByteReader> => openStored(spec);
  try {
    for (let depth = 0; ; depth++) {
      const head = new Uint8Array(CODEC_HEAD_BYTES);
      const length = await readFully(reader, head);
      if (length === 0) throw nothingIn(reader);
      const codec = depth < MAX_NESTED ? codecOf(head.subarray(0, length)) : null;
      const whole = new ResumedReader(head.subarray(0, length), reader);
      if (codec === null) return whole;
      reader = new DecompressingReader(whole, codec, reopen);
      const open: (() => Promise<ByteReader>) | null = reopen;
      reopen = open === null ? null : async () => new DecompressingReader(await open(), codec, open);
    }
  } catch (error) {
    await reader.close();
    throw error;
  }
}

function openStored(spec: SourceSpec): ByteReader {
  if (typeof spec !== "string") return new MemoryReader(spec.name, spec.bytes);
  return spec === STANDARD_INPUT ? openStandardInput() : openFile(spec);
}

function nothingIn(reader: ByteReader): InputError {
  if (reader.damage !== null) {
    const code = reader.compression.length > 0 ? "E_INPUT_DAMAGED" : "E_INPUT_UNREADABLE";
    return new InputError(code, reader.name, reader.damage.reason);
  }
  const what = reader.compression.length > 0 ? `holds nothing once decompressed (${reader.compression.join(", ")})` : "is empty";
  return new InputError("E_INPUT_EMPTY", reader.name, what);
}
