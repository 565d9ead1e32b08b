/** Which form a feed has, by its content; and what is no feed at all. */
import { latin1 } from "./readers/line-reader.ts";

/** The forms that are read. `netset` is FireHOL's name for addresses with a comment on top. */
export const READABLE_FORMS = [
  "addresses",
  "netset",
  "ipset",
  "nft",
  "csv",
  "json",
  "misp-warninglist",
  "stix",
  "dshield-block",
  "spamhaus-drop",
  "ipsum",
  "maltrail",
] as const;
export type ReadableForm = (typeof READABLE_FORMS)[number];

/** Octets that are looked at. */
const HEAD = 65_536;
/** Of the head, the share of lines that must have a form for it to be that of the whole. */
const SHARE = 0.6;

/** Why octets are no feed in any form; null where they may be one. */
export function refusalOf(bytes: Uint8Array): string | null {
  if (bytes.length === 0) return "is empty";
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return "is compressed (gzip)";
  if (bytes[0] === 0x28 && bytes[1] === 0xb5 && bytes[2] === 0x2f && bytes[3] === 0xfd) return "is compressed (zstd)";
  if (bytes[0] === 0x42 && bytes[1] === 0x5a && bytes[2] === 0x68) return "is compressed (bzip2)";
  if (bytes[0] === 0xfd && bytes[1] === 0x37 && bytes[2] === 0x7a) return "is compressed (xz)";
  if (bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2]! <= 8) return "is a ZIP archive";
  const head = latin1(bytes, 0, Math.min(bytes.length, 4096)).trimStart();
  if (/^(?:<!--[\s\S]{0,2000}?-->\s*)*<(?:!doctype\s+html|html|head|body|script|title|meta|h1|center)[\s>/]/i.test(head))
    return "is a web page (HTML), not a list: a login, an error or a notice";
  if (head.startsWith("<")) return "is XML or HTML, not a list";
  if (head.startsWith("%PDF")) return "is a PDF";
  const seen = Math.min(bytes.length, HEAD);
  let controls = 0;
  for (let i = 0; i < seen; i++) if (bytes[i]! < 9 || (bytes[i]! > 13 && bytes[i]! < 32)) controls++;
  return controls > seen / 10 ? "is binary, not text" : null;
}

const ADDRESS = String.raw`(?:\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}|[0-9a-fA-F]{0,4}:[0-9a-fA-F:.]{2,})(?:/\d{1,3})?`;
const DROP_LINE = new RegExp(`^${ADDRESS}\\s*;\\s*SBL`, "i");
const IPSUM_LINE = new RegExp(`^${ADDRESS}[\\t ]+\\d{1,3}$`);
const DSHIELD_LINE = /^[\d.]{7,15}\t[\d.]{7,15}\t\d{1,2}(?:\t|$)/;
const PORT_LINE = /^(?:\d{1,3}\.){3}\d{1,3}:\d{1,5}$/;
const CSV_LINE = new RegExp(`(?:^|[,;\\t|])\\s*"?\\[?${ADDRESS}\\]?(?::\\d{1,5})?"?\\s*(?:[,;\\t|]|$)`);

/** The form of octets that {@link refusalOf} lets pass. What is of no form of its own is a list of addresses. */
export function recogniseForm(bytes: Uint8Array): ReadableForm {
  const head = latin1(bytes, 0, Math.min(bytes.length, HEAD));
  if (/^\s*(?:\{|\[\s*(?:["{[\]]|$))/.test(head)) {
    if (/"type"\s*:\s*"bundle"/.test(head) || /"spec_version"\s*:\s*"2\.\d"/.test(head)) return "stix";
    if (/"list"\s*:\s*\[/.test(head) && /"(?:version|matching_attributes|description)"\s*:/.test(head)) return "misp-warninglist";
    return "json";
  }
  const whole = head.split(/\r\n|\n|\r/);
  // The last line of the head may be cut
  if (bytes.length > HEAD) whole.pop();
  const comments = whole.filter((line) => /^\s*(?:#|;|\/\/)/.test(line)).join("\n");
  const lines = whole.map((line) => line.trim()).filter((line) => line !== "" && !/^(?:#|;|\/\/)/.test(line));
  const most = (form: RegExp): boolean => lines.length > 0 && lines.filter((line) => form.test(line)).length >= SHARE * lines.length;
  if (/^\s*(?:add|create)\s+\S+\s+\S/m.test(head) && most(/^(?:-\S+\s+)?(?:add|create|-A|-N)\s+\S+\s/)) return "ipset";
  if (/(?:\belements\s*=|^\s*define\s+\S+\s*=|\badd\s+element\s[^{\n]*)\s*\{/m.test(head)) return "nft";
  if (/DShield\.org Recommended Block List/i.test(comments) || most(DSHIELD_LINE)) return "dshield-block";
  if (most(DROP_LINE) || /^;\s*Spamhaus (?:E?DROP|DROPv6)/im.test(comments)) return "spamhaus-drop";
  if (most(IPSUM_LINE) || /^#\s*IPsum/im.test(comments)) return "ipsum";
  if (/maltrail|^#\s*Reference:/im.test(comments) || lines.some((line) => PORT_LINE.test(line))) return "maltrail";
  if (/^#.*\b(?:hash:(?:ip|net)|ipv4 hash|This File Date)/im.test(comments)) return "netset";
  return isTable(lines) && lines.some((line) => CSV_LINE.test(line)) ? "csv" : "addresses";
}

/** Whether most lines have the same number of a delimiter, quoted fields left out. */
function isTable(lines: readonly string[]): boolean {
  return [",", ";", "\t", "|"].some((delimiter) => {
    const counts = lines.slice(0, 200).map((line) => line.replaceAll(/"[^"]{0,500}"/g, "").split(delimiter).length - 1);
    const tally = new Map<number, number>();
    for (const count of counts) tally.set(count, (tally.get(count) ?? 0) + 1);
    return [...tally].some(([count, times]) => count > 0 && times >= 0.8 * counts.length);
  });
}
