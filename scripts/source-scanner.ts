/** As much of TypeScript's grammar as the house check needs: where comments, strings and imports are. No compiler interface exists for TypeScript 7. */

/** The source with comments turned to spaces; lines and columns stay. */
export function withoutComments(source: string): string {
  return scan(source, (kind, text) => (kind === "comment" ? blank(text) : text));
}

/** The source with the insides of strings, templates and regular expressions turned to spaces; lines and columns stay. */
export function blankStrings(source: string): string {
  return scan(source, (kind, text) => (kind === "string" ? text[0] + blank(text.slice(1, -1)) + text.at(-1) : text));
}

/** Everything that is imported or re-exported, with its line (from 1). Give it a source without comments. */
export function importsOf(code: string): { specifier: string; line: number }[] {
  const found: { specifier: string; line: number }[] = [];
  const statement =
    /(?:^|[;}\n])\s*(?:import|export)\b[^;"'`]*?\bfrom\s*["']([^"'\n]+)["']|(?:^|[;}\n])\s*import\s*["']([^"'\n]+)["']|\bimport\s*\(\s*["']([^"'\n]+)["']/g;
  for (const match of code.matchAll(statement)) {
    const specifier = match[1] ?? match[2] ?? match[3] ?? "";
    const end = match.index + match[0].length;
    found.push({ specifier, line: code.slice(0, end).split("\n").length });
  }
  return found;
}

type Kind = "code" | "comment" | "string";

/** Walks the source and rebuilds it from its pieces. Templates count as strings with all that is in their braces. */
function scan(source: string, piece: (kind: Kind, text: string) => string): string {
  let result = "";
  let codeFrom = 0;
  let at = 0;
  const take = (kind: Kind, end: number): void => {
    result += piece("code", source.slice(codeFrom, at)) + piece(kind, source.slice(at, end));
    at = codeFrom = end;
  };
  while (at < source.length) {
    const here = source[at]!;
    const next = source[at + 1];
    if (here === "/" && next === "/") take("comment", endOf(source, "\n", at));
    else if (here === "/" && next === "*") take("comment", endOf(source, "*/", at + 2) + 2);
    else if (here === '"' || here === "'") take("string", endOfQuoted(source, at));
    else if (here === "`") take("string", endOfTemplate(source, at));
    else if (here === "/" && startsRegExp(source, at)) take("string", endOfRegExp(source, at));
    else at++;
  }
  return result + piece("code", source.slice(codeFrom));
}

function blank(text: string): string {
  return text.replace(/[^\n]/g, " ");
}

function endOf(source: string, mark: string, from: number): number {
  const found = source.indexOf(mark, from);
  return found < 0 ? source.length : found;
}

/** Position behind the closing quote; a string that is not closed ends with its line. */
function endOfQuoted(source: string, from: number): number {
  const quote = source[from];
  for (let at = from + 1; at < source.length; at++) {
    if (source[at] === "\\") at++;
    else if (source[at] === quote) return at + 1;
    else if (source[at] === "\n") return at;
  }
  return source.length;
}

function endOfTemplate(source: string, from: number): number {
  for (let at = from + 1; at < source.length; at++) {
    if (source[at] === "\\") at++;
    else if (source[at] === "`") return at + 1;
    else if (source[at] === "$" && source[at + 1] === "{") at = endOfBraces(source, at + 1) - 1;
  }
  return source.length;
}

function endOfBraces(source: string, from: number): number {
  let depth = 0;
  for (let at = from; at < source.length; at++) {
    const here = source[at];
    if (here === "{") depth++;
    else if (here === "}" && --depth === 0) return at + 1;
    else if (here === "`") at = endOfTemplate(source, at) - 1;
    else if (here === '"' || here === "'") at = endOfQuoted(source, at) - 1;
  }
  return source.length;
}

/** A slash divides behind a value and begins a regular expression elsewhere. */
function startsRegExp(source: string, at: number): boolean {
  const before = source.slice(Math.max(0, at - 40), at).trimEnd();
  return before === "" || /(?:[=(,:;!&|?{}[+\-*%<>~^]|\b(?:return|typeof|case|in|of))$/.test(before);
}

function endOfRegExp(source: string, from: number): number {
  let inClass = false;
  for (let at = from + 1; at < source.length; at++) {
    const here = source[at];
    if (here === "\\") at++;
    else if (here === "[") inClass = true;
    else if (here === "]") inClass = false;
    else if (here === "\n") return from + 1;
    else if (here === "/" && !inClass) return at + 1;
  }
  return source.length;
}
