/** Writes the reference pages of docs/ from the program's own definitions: node scripts/make-docs.ts. A test checks that they are current. */
import { writeFileSync } from "node:fs";
import { buildProgram } from "../src/cli/program.ts";
import { referencePages } from "../src/cli/reference.ts";

for (const [path, text] of referencePages(buildProgram())) {
  writeFileSync(new URL(`../${path}`, import.meta.url), text);
  console.log(path);
}
