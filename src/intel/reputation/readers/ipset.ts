/** `ipset save` and `ipset restore` (ipset(8)): "add NAME ENTRY [options]". Entries of ports and names count by their address. */
import { eachLine, endOfToken, skipBlanks } from "./line-reader.ts";
import type { ReadingBuilder } from "./reading.ts";

const COMMA = 44;
const NOMATCH = [110, 111, 109, 97, 116, 99, 104];

export function readIpset(bytes: Uint8Array, builder: ReadingBuilder): void {
  eachLine(bytes, builder, (_, at, end, line) => {
    let next = at;
    let verb = wordAt(bytes, next, end);
    // Options such as -exist may stand before the verb
    while (verb.startsWith("-") && verb !== "-A" && verb !== "-N") {
      next = skipBlanks(bytes, endOfToken(bytes, next, end), end);
      verb = wordAt(bytes, next, end);
    }
    if (verb === "create" || verb === "-N" || verb === "COMMIT" || verb === "flush" || verb === "destroy") return;
    if (verb !== "add" && verb !== "-A") {
      builder.fault(at, line, "neither create nor add");
      return;
    }
    const name = skipBlanks(bytes, endOfToken(bytes, next, end), end);
    const entry = skipBlanks(bytes, endOfToken(bytes, name, end), end);
    const stop = endOfToken(bytes, entry, end);
    let address = stop;
    for (let i = entry; i < stop; i++) if (bytes[i] === COMMA) address = Math.min(address, i);
    if (isNomatch(bytes, stop, end)) builder.passedOver++;
    else if (!builder.takeAt(bytes, entry, address)) builder.other(bytes, entry, stop, at, line);
  });
}

/** The word at `at`, up to eight octets: longer ones are none that is looked for. */
function wordAt(bytes: Uint8Array, at: number, end: number): string {
  const stop = Math.min(endOfToken(bytes, at, end), at + 8);
  let word = "";
  for (let i = at; i < stop; i++) word += String.fromCharCode(bytes[i]!);
  return word;
}

/** Whether one of the options is `nomatch`: an exception, not an entry. */
function isNomatch(bytes: Uint8Array, at: number, end: number): boolean {
  for (let i = skipBlanks(bytes, at, end); i < end; i = skipBlanks(bytes, endOfToken(bytes, i, end), end)) {
    if (endOfToken(bytes, i, end) - i === NOMATCH.length && NOMATCH.every((code, index) => bytes[i + index] === code)) return true;
  }
  return false;
}
