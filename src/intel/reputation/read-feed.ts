/** Octets of a feed to networks: refuses what is no feed, finds the form, and reads it. Pure, and never throws on content. */
import { readAddresses } from "./readers/addresses.ts";
import { readCsv } from "./readers/csv.ts";
import { readDshieldBlock } from "./readers/dshield-block.ts";
import { readIpset } from "./readers/ipset.ts";
import { readIpsum } from "./readers/ipsum.ts";
import { readJson } from "./readers/json.ts";
import { readMaltrail } from "./readers/maltrail.ts";
import { readMispWarninglist } from "./readers/misp-warninglist.ts";
import { readNft } from "./readers/nft.ts";
import { type FeedReading, ReadingBuilder, type ReadingOptions } from "./readers/reading.ts";
import { readSpamhausDrop } from "./readers/spamhaus-drop.ts";
import { readStix } from "./readers/stix.ts";
import { type ReadableForm, recogniseForm, refusalOf } from "./recognise.ts";

export type { FeedReading, ReadingOptions } from "./readers/reading.ts";

type Reader = (bytes: Uint8Array, builder: ReadingBuilder, options: ReadingOptions) => void;

const READERS: Readonly<Record<ReadableForm, Reader>> = {
  addresses: readAddresses,
  netset: readAddresses,
  ipset: readIpset,
  nft: readNft,
  csv: readCsv,
  json: readJson,
  "misp-warninglist": readMispWarninglist,
  stix: (bytes, builder, { now }) => readStix(bytes, builder, now),
  "dshield-block": readDshieldBlock,
  "spamhaus-drop": readSpamhausDrop,
  ipsum: (bytes, builder, { minimum }) => readIpsum(bytes, builder, minimum),
  maltrail: readMaltrail,
};

/**
 * Reads a whole feed, decompressed. `form` overrides what the content looks like ("auto" finds it), but not the refusal of a web page.
 * Spamhaus serves DROP as JSON lines, too: a form of text that turns out to be JSON is read as JSON.
 */
export function readFeed(octets: Uint8Array, form: ReadableForm | "auto", options: ReadingOptions): FeedReading {
  const bytes = asUtf8(octets);
  const builder = new ReadingBuilder();
  builder.refused = refusalOf(bytes);
  if (builder.refused !== null) return builder.finish(form);
  const found = form === "auto" || form === "spamhaus-drop" ? recogniseForm(bytes) : form;
  const chosen = form === "spamhaus-drop" && found !== "json" ? form : found;
  READERS[chosen](bytes, builder, options);
  return builder.finish(chosen);
}

/** Octets without a byte order mark; UTF-16 as UTF-8. Other charsets agree with ASCII where addresses are. */
function asUtf8(octets: Uint8Array): Uint8Array {
  const [first, second, third] = octets;
  if (first === 0xef && second === 0xbb && third === 0xbf) return octets.subarray(3);
  const isLittle = first === 0xff && second === 0xfe;
  if (!isLittle && (first !== 0xfe || second !== 0xff)) return octets;
  return new TextEncoder().encode(new TextDecoder(isLittle ? "utf-16le" : "utf-16be").decode(octets));
}
