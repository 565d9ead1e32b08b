/** ipsum (https://github.com/stamparm/ipsum): "address<TAB>number of lists that name it" a line. */
import { eachLine, numberAt, skipBlanks } from "./line-reader.ts";
import type { ReadingBuilder } from "./reading.ts";

/** Lists that must name an address. The project's own example leaves out those on one or two. */
export const IPSUM_MINIMUM = 3;

export function readIpsum(bytes: Uint8Array, builder: ReadingBuilder, minimum: number = IPSUM_MINIMUM): void {
  eachLine(bytes, builder, (_, at, end, line) => {
    const next = builder.scanner.scan(bytes, at, end);
    if (next < 0) {
      builder.other(bytes, at, end, at, line);
      return;
    }
    const level = numberAt(bytes, skipBlanks(bytes, next, end), end);
    if (level < 0) builder.fault(at, line, "no number of lists behind the address");
    else if (level < minimum) builder.passedOver++;
    else builder.take();
  });
}
