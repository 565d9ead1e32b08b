/**
 * The addresses that a STIX pattern (STIX 2.1 §9) is fulfilled by alone: comparisons of address values, joined by OR. What needs more than
 * the address (AND, FOLLOWEDBY, NOT, qualifiers, a port) gives none.
 */

/** Characters of a pattern, and tokens of it, that are read. */
const MAX_PATTERN = 65_536;
const ADDRESS_PATHS = new Set(["ipv4-addr:value", "ipv6-addr:value", "network-traffic:src_ref.value", "network-traffic:dst_ref.value"]);
const COMPARISONS = new Set(["=", "==", "ISSUBSET", "ISSUPERSET"]);
const TOKEN = /\s*(?:('(?:[^'\\]|\\.)*')|(\[|\]|\(|\)|,|==|=|!=|<=|>=|<|>)|([^\s'[\](),=!<>]+))/gy;

/** Texts of addresses and networks, or null where the pattern is about something else or does not parse. */
export function addressesOfPattern(pattern: string): readonly string[] | null {
  if (pattern.length > MAX_PATTERN) return null;
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  const text = pattern.trim();
  while (TOKEN.lastIndex < text.length) {
    const match = TOKEN.exec(text);
    if (match === null) return null;
    tokens.push(match[1] ?? match[2] ?? match[3] ?? "");
  }
  // Brackets and parentheses only group what OR joins
  const addresses: string[] = [];
  let depth = 0;
  let i = 0;
  let isOperandNext = true;
  while (i < tokens.length) {
    const token = tokens[i] ?? "";
    if (token === "[" || token === "(") {
      if (!isOperandNext) return null;
      depth++;
      i++;
    } else if (token === "]" || token === ")") {
      if (isOperandNext || --depth < 0) return null;
      i++;
    } else if (isOperandNext) {
      const used = comparison(tokens, i, addresses);
      if (used === 0 || depth === 0) return null;
      i += used;
      isOperandNext = false;
    } else if (token === "OR") {
      isOperandNext = true;
      i++;
    } else return null;
  }
  return depth === 0 && !isOperandNext ? addresses : null;
}

/** Reads "path operator value" at `at`; how many tokens it is, or 0. */
function comparison(tokens: readonly string[], at: number, into: string[]): number {
  if (!ADDRESS_PATHS.has(tokens[at] ?? "")) return 0;
  const operator = tokens[at + 1] ?? "";
  if (COMPARISONS.has(operator)) return add(tokens[at + 2], into) ? 3 : 0;
  if (operator !== "IN" || tokens[at + 2] !== "(") return 0;
  let i = at + 3;
  for (;;) {
    if (!add(tokens[i], into)) return 0;
    const mark = tokens[i + 1];
    i += 2;
    if (mark === ")") return i - at;
    if (mark !== ",") return 0;
  }
}

function add(token: string | undefined, into: string[]): boolean {
  if (token === undefined || token.length < 3 || !token.startsWith("'")) return false;
  into.push(token.slice(1, -1));
  return true;
}
