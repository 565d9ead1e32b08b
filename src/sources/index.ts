/** Sources: where octets come from. Files, pipes, standard input and memory, compressed or not, and folders of them. */
export { expandInputs, type ExpandedInputs } from "./expand.ts";
export { STANDARD_INPUT } from "./file.ts";
export { openSource, type SourceSpec } from "./open.ts";
export type { ByteReader, ReadDamage } from "./reader.ts";
