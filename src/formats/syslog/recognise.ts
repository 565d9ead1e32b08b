/** What an input of log lines is, from its head: the first firewall line decides, else how many lines look like syslog. */
import { freshContext } from "../format.ts";
import { someLine } from "../text/lines.ts";
import { Envelope } from "./envelope.ts";
import { KINDS } from "./kinds.ts";

/** The name of what is syslog without a firewall line in its head. */
export const GENERIC = "syslog";

/** Stamps without a year are read as if the input were of 2033: the year does not matter here. */
const CONTEXT = freshContext(2e9);
/** Lines without a stamp that may stand before the first with one: the rest of a line that rotation cut, journalctl's headings. */
const MOST_BEFORE = 4;
/** Of the lines of a generic head, at least this share has a stamp and a program's name. */
const TAGGED_SHARE = 0.75;

/** The name of the kind whose lines begin with `head`, GENERIC, or null where it is no syslog. */
export function kindOfHead(head: Uint8Array): string | null {
  const envelope = new Envelope(CONTEXT);
  const readers = KINDS.map((kind) => ({ name: kind.name, reader: kind.reader() }));
  let kind: string | null = null;
  let lines = 0;
  let stamped = 0;
  let tagged = 0;
  const decided = someLine(head, (start, end) => {
    // Binary formats have octets of zero long before a line of text is over
    if (head.subarray(start, end).includes(0)) return true;
    lines++;
    if (!envelope.read(head, start, end)) return stamped === 0 && lines > MOST_BEFORE;
    stamped++;
    if (envelope.tagged) tagged++;
    const found = readers.find(({ reader }) => reader.recognises(envelope));
    // An article that quotes a log line is no log
    if (found !== undefined && 2 * stamped >= lines - MOST_BEFORE) kind = found.name;
    return found !== undefined;
  });
  if (decided) return kind;
  return tagged > 0 && tagged >= TAGGED_SHARE * lines ? GENERIC : null;
}
