/** Long monotonous inputs: what makes parsers that look back, nest or copy take time beyond all measure. */

/** Octets of each. */
export const HOSTILE_BYTES: number = 1 << 20;
/** Just below the longest line that is read, octets. */
const LONG_LINE = (1 << 18) - 64;

/** Patterns that are repeated. */
const PATTERNS = [
  ..."[ { ( < , ; : = | # % / \\ \" ' . 0 9 a".split(" "),
  " ",
  "\t",
  "\n",
  "\r\n",
  "\0",
  "\u00ff",
  '{"a":',
  "[{",
  '{"a":1}\n',
  '"a":"b",',
  '{"a":"\\u0000',
  "\\\\",
  "a\n",
  "{}\n",
  "#\n",
  "#fields\tts\n",
  "a=b ",
  "IN=a OUT=b SRC= DST= ",
  "<13>",
  "1.",
  "::",
  "1,2,3,4,",
  "Jan  1 00:00:00 h kernel: [",
  "%ASA-6-302013: ",
  "2013-11-02T01:00:00Z ",
] as const;

/** Texts of {@link HOSTILE_BYTES}: each pattern for itself, as one line and in lines just short of too long. */
export function* hostileTexts(): Generator<{ name: string; bytes: Uint8Array }> {
  for (const pattern of PATTERNS) {
    const name = JSON.stringify(pattern);
    const whole = pattern.repeat(Math.ceil(HOSTILE_BYTES / pattern.length));
    yield { name, bytes: new Uint8Array(Buffer.from(whole, "latin1")) };
    const line = `${pattern
      .replaceAll("\n", "")
      .repeat(Math.ceil(LONG_LINE / pattern.length))
      .slice(0, LONG_LINE)}\n`;
    yield { name: `lines of ${name}`, bytes: new Uint8Array(Buffer.from(line.repeat(Math.ceil(HOSTILE_BYTES / line.length)), "latin1")) };
  }
}
