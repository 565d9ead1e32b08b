/** A process that is to be killed: updates a library again and again with lists whose number is in them, and prints it once it is done. */
import { CATALOGUE } from "./catalogue.ts";
import { Library } from "./library.ts";
import { PLAIN_WORKS } from "./plain-works.fixture.ts";
import { updateFromFiles } from "./update.ts";

const [folder = "", start = "0"] = process.argv.slice(2);
const feed = "cins-army";
for (let round = Number(start); ; round++) {
  const library = Library.open(folder);
  const octets = new TextEncoder().encode(`${round}.0.0.0\n`.repeat(20_000));
  const options = { feeds: CATALOGUE, disabled: new Set<string>(), works: PLAIN_WORKS, now: 1_700_000_000 + round };
  updateFromFiles(library, options, [{ feed, files: [{ name: "list", octets, modified: 1_700_000_000 + round }] }], false);
  library.close();
  process.stdout.write(`${round}\n`);
}
