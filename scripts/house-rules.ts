/**
 * The rules of the house as a function of a tree of sources: who may import whom, what files are called, how long they are, and the
 * habits that a linter does not know. The idea is dependency-cruiser's; the drawing of the house is in ARCHITECTURE.md.
 */
import { isBuiltin } from "node:module";
import { posix } from "node:path";
import { blankStrings, importsOf, withoutComments } from "./source-scanner.ts";

/** Lines from which a file is mentioned, and from which it fails: one idea fits in fewer. Tables of data (`*-table.ts` without a class) are one idea at any length. */
export const LONG_FILE_LINES = 400;
export const MAX_FILE_LINES = 450;

/** What everything stands on. */
const GROUND: readonly string[] = ["model", "sketch", "stats"];
/** The rooms of the middle row, which do not know one another. */
const ROOMS: readonly string[] = [
  "formats",
  "sources",
  "observe",
  "detect",
  "intel",
  "assess",
  "report",
  "respond",
  "alert",
  "share",
  "store",
  "lab",
];
/** Who may import whom, by folder of src/; everybody may import himself. */
const MAY_IMPORT: ReadonlyMap<string, readonly string[]> = new Map([
  ["model", []],
  ["sketch", ["model", "stats"]],
  ["stats", ["model", "sketch"]],
  ...ROOMS.map((room): [string, readonly string[]] => [room, GROUND]),
  ["pipeline", [...GROUND, ...ROOMS]],
  ["server", [...GROUND, ...ROOMS, "pipeline"]],
  ["cli", [...GROUND, ...ROOMS, "pipeline", "server"]],
  ["web", []],
]);
/** Tests make their inputs with other rooms (lab, formats), never with what is built on top of theirs. */
const TESTS_MAY_IMPORT: readonly string[] = [...GROUND, ...ROOMS];

const VAGUE_NAMES = new Set(["util", "utils", "common", "helper", "helpers", "misc", "types", "shared", "stuff", "base"]);
const KEBAB_CASE = /^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.(?:test|fixture|config|d))*\.ts$/;

/** An expression that names a port: `port`, `batch.sourcePort[row]`, `ports[0]`; not `hasPort`, not `report`. */
const PORT = String.raw`(?:[\w$#]+[?!]?\.)*(?:port|ports\[[^\]]*\]|(?!(?:has|is|uses|with|no|knows|wants|shows|can|matches|single|one|same|any|only)[A-Z])[a-z][\w$]*Port)(?:\[[^\]]*\])?!?`;
const OPERAND_START = String.raw`(?:[(,;{}:?\[]|&&|\|\||\breturn\b|=>|(?<![=!<>])=)\s*`;
const PORT_BY_TRUTHINESS: readonly RegExp[] = [
  new RegExp(String.raw`\b(?:if|while|Boolean)\s*\(\s*!*${PORT}\s*\)`),
  new RegExp(String.raw`(?<![\w$)\]])!+${PORT}(?![\w$.(\[=])`),
  new RegExp(String.raw`${OPERAND_START}${PORT}\s*(?:&&|\|\||\?(?![.?:]))`),
  new RegExp(String.raw`&&\s*${PORT}\s*(?:\)|&&|\|\||\?(?![.?:]))`),
];

/** What is wrong (fails) and what is worth a look (does not), a line each. */
export interface HouseReport {
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

/** Checks a tree: file text by path from the root of the repository, with `/`. */
export function checkHouse(files: ReadonlyMap<string, string>): HouseReport {
  const problems: string[] = [];
  const warnings: string[] = [];
  for (const [path, text] of files) {
    problems.push(...namesOf(path));
    const lines = text.split("\n").length - (text.endsWith("\n") ? 1 : 0);
    if (!isTest(path)) {
      if (lines > MAX_FILE_LINES && !isDataTable(path, text))
        problems.push(`${path}: ${lines} lines; at most ${MAX_FILE_LINES}, one idea a file`);
      else if (lines > LONG_FILE_LINES) warnings.push(`${path}: ${lines} lines; think of splitting it`);
    }
    const code = withoutComments(text);
    for (const { specifier, line } of importsOf(code)) {
      const problem = problemOfImport(path, specifier);
      if (problem !== null) problems.push(`${path}:${line}: ${problem}`);
    }
    problems.push(...habitsOf(path, blankStrings(code)));
  }
  return { problems, warnings };
}

/** Tests, and what several tests share. */
function isTest(path: string): boolean {
  return path.endsWith(".test.ts") || path.endsWith(".fixture.ts");
}

function namesOf(path: string): string[] {
  const problems: string[] = [];
  const parts = path.split("/");
  const file = parts.at(-1) ?? path;
  for (const part of parts) {
    const stem = part.replace(/\..*$/, "");
    if (VAGUE_NAMES.has(stem)) problems.push(`${path}: "${stem}" says nothing; name it by what it is about`);
  }
  if (!KEBAB_CASE.test(file)) problems.push(`${path}: file names are kebab-case`);
  if (parts[0] === "src" && parts.length > 2 && !MAY_IMPORT.has(parts[1]!)) {
    problems.push(`${path}: src/${parts[1]}/ is no room of the house (see ARCHITECTURE.md)`);
  }
  return problems;
}

/** Tests without end: they start from the same inputs as the others do. */
const FUZZING = "scripts/fuzz";

function problemOfImport(path: string, specifier: string): string | null {
  if (!specifier.startsWith(".")) {
    return isBuiltin(specifier) && !specifier.startsWith("node:") ? `"${specifier}" is Node's own: import "node:${specifier}"` : null;
  }
  const target = posix.normalize(posix.join(posix.dirname(path), specifier));
  if (isTest(target) && !isTest(path) && !path.startsWith(FUZZING)) return `imports ${target}, which is for tests`;
  if (!path.startsWith("src/")) return null;
  if (target === "package.json") return null;
  if (!target.startsWith("src/")) return isTest(path) ? null : `imports ${target}, which is not part of the program`;
  const from = roomOf(path);
  const to = roomOf(target);
  if (from === null || from === to) return null; // files of src/ itself are doors: they may look everywhere
  if (to === null) return `imports ${target}: the door of the house is for those outside`;
  const allowed = MAY_IMPORT.get(from) ?? [];
  if (allowed.includes(to) || (isTest(path) && TESTS_MAY_IMPORT.includes(to))) return null;
  return `${from}/ may not import ${to}/ (${target})`;
}

/** The folder of src/ that a path is in, or null for files of src/ itself. */
function roomOf(path: string): string | null {
  const parts = path.split("/");
  return parts.length > 2 ? parts[1]! : null;
}

function habitsOf(path: string, code: string): string[] {
  const problems: string[] = [];
  const config = path.endsWith(".config.ts");
  code.split("\n").forEach((line, index) => {
    const at = `${path}:${index + 1}`;
    if (PORT_BY_TRUTHINESS.some((pattern) => pattern.test(line))) problems.push(`${at}: a port tested by truthiness; 0 is a port`);
    if (/^\s*(?:export\s+)?(?:declare\s+)?(?:const\s+)?enum\s+\w/.test(line)) problems.push(`${at}: no enum; use constants or a union`);
    if (/(?:[:<,|&([]\s*|\bas\s+|=>\s*)any\b(?!\s*[:=(.])/.test(line)) problems.push(`${at}: no any; use unknown and look`);
    if (!config && /\bexport\s+default\b|\bas\s+default\b/.test(line)) problems.push(`${at}: no default export`);
  });
  return problems;
}

/** Data by its name, and no code that only has such a name. */
function isDataTable(path: string, text: string): boolean {
  return path.endsWith("-table.ts") && !/^(?:export )?class /m.test(text);
}
