/** What a feed's file holds, as UTF-8: gzip unpacked (RFC 1952), UTF-16 converted, a byte order mark taken off. */
import { gunzipSync } from "node:zlib";

export type Unpacked = { readonly octets: Uint8Array } | { readonly refused: string };

/** At most `maxOctets` unpacked: a few kilobytes can stand for gigabytes. */
export function unpack(octets: Uint8Array, maxOctets: number): Unpacked {
  let plain = octets;
  if (octets[0] === 0x1f && octets[1] === 0x8b) {
    try {
      plain = gunzipSync(octets, { maxOutputLength: maxOctets });
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? "";
      if (code === "ERR_BUFFER_TOO_LARGE") return { refused: `more than ${maxOctets} octets when unpacked` };
      return { refused: code === "Z_BUF_ERROR" ? "the compressed file breaks off" : "the compressed file is damaged" };
    }
  }
  if (plain.length > maxOctets) return { refused: `more than ${maxOctets} octets` };
  const encoding = plain[0] === 0xff && plain[1] === 0xfe ? "utf-16le" : plain[0] === 0xfe && plain[1] === 0xff ? "utf-16be" : null;
  if (encoding !== null) return { octets: new TextEncoder().encode(new TextDecoder(encoding).decode(plain)) };
  if (plain[0] === 0xef && plain[1] === 0xbb && plain[2] === 0xbf) return { octets: plain.subarray(3) };
  return { octets: plain };
}
