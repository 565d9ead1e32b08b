/** DShield's recommended block list (https://feeds.dshield.org/block.txt): start, end and prefix length of a network, and its particulars, by tabs. */
import { eachLine, numberAt, skipBlanks } from "./line-reader.ts";
import { addRange4 } from "./network-scanner.ts";
import type { ReadingBuilder } from "./reading.ts";

export function readDshieldBlock(bytes: Uint8Array, builder: ReadingBuilder): void {
  eachLine(bytes, builder, (_, at, end, line) => {
    // The head of the table stands uncommented
    if (bytes[at] === 83 && bytes[at + 1] === 116) return;
    const { scanner } = builder;
    let next = scanner.address(bytes, at, end);
    if (next < 0) {
      builder.other(bytes, at, end, at, line);
      return;
    }
    const first = scanner.word;
    const isFour = scanner.family === 4;
    next = scanner.address(bytes, skipBlanks(bytes, next, end), end);
    const bits = next < 0 ? -1 : numberAt(bytes, skipBlanks(bytes, next, end), end);
    if (!isFour || next < 0 || scanner.family !== 4) builder.fault(at, line, scanner.fault ?? "no last address of the network");
    else if (bits < 0 || bits > 32) builder.fault(at, line, "no prefix length");
    else if (scanner.word < first) builder.fault(at, line, "a range that ends before it begins");
    else {
      // Start and end say what is meant; the prefix length only repeats it
      builder.entries++;
      addRange4(builder.networks, first, scanner.word);
    }
  });
}
