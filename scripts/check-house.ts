/** `npm run check`'s last step: prints what breaks the rules of the house, a line each, and ends with 1 where something does. */
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { checkHouse } from "./house-rules.ts";

const root = join(import.meta.dirname, "..");
const FOLDERS = ["src", "scripts", "bench"];

const files = new Map<string, string>();
const read = (path: string): void => void files.set(relative(root, path).replaceAll(sep, "/"), readFileSync(path, "utf8"));
for (const folder of FOLDERS) {
  for (const entry of readdirSync(join(root, folder), { recursive: true, withFileTypes: true })) {
    if (entry.isFile() && entry.name.endsWith(".ts")) read(join(entry.parentPath, entry.name));
  }
}
for (const name of readdirSync(root)) if (name.endsWith(".config.ts")) read(join(root, name));

const { problems, warnings } = checkHouse(new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1))));
for (const warning of warnings) console.log(`warning: ${warning}`);
for (const problem of problems) console.log(problem);
if (problems.length > 0) {
  console.log(`${problems.length} against the rules of the house (scripts/house-rules.ts)`);
  process.exitCode = 1;
}
