/** Any YAML file of ours, checked against its shape: every problem with its line, column, path and what is allowed there. */
import { isMap, isNode, isScalar, LineCounter, parseDocument } from "yaml";
import type { z } from "zod";
import { ConfigError } from "../../model/errors.ts";
import { nearestWord } from "./did-you-mean.ts";

interface CheckedYaml<Value> {
  readonly value: Value;
  /** A whole line about the value at a path of keys and indices. */
  readonly say: (where: readonly PropertyKey[], message: string) => string;
}

/**
 * The value in the text of a YAML file.
 * @param path the file's, for messages
 * @param keysAt keys that are allowed at a path, to tell which one was meant
 * @throws ConfigError with all that is wrong
 */
export function checkYaml<Shape extends z.ZodType>(text: string, path: string, shape: Shape, keysAt: KeysAt): CheckedYaml<z.output<Shape>> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const lineAt = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${path}:${Math.max(1, line)}:${Math.max(1, col)}`;
  };
  const fault = document.errors[0];
  if (fault !== undefined) throw new ConfigError(path, [`${lineAt(fault.pos[0])}: ${fault.message.replace(/\s+/g, " ")}`]);
  /** Where a value stands, or the nearest that is there; of an unknown key the key itself. */
  const placeOf = (where: readonly PropertyKey[], isKey: boolean): string => {
    if (isKey) {
      const parent: unknown = where.length === 1 ? document.contents : document.getIn(where.slice(0, -1), true);
      const pair = isMap(parent) ? parent.items.find(({ key }) => isScalar(key) && key.value === where.at(-1)) : undefined;
      if (isNode(pair?.key) && pair.key.range) return lineAt(pair.key.range[0]);
    }
    for (let length = where.length; length > 0; length--) {
      const node: unknown = document.getIn(where.slice(0, length), true);
      if (isNode(node) && node.range) return lineAt(node.range[0]);
    }
    return lineAt(0);
  };
  const say = (where: readonly PropertyKey[], message: string, isKey = false): string =>
    `${placeOf(where, isKey)}: ${pathText(where)}: ${message}`;

  const parsed = shape.safeParse(valueOf(document, path) ?? {});
  if (!parsed.success) {
    // A key that is mistyped is why the right one is missing
    const isTypo = ({ code }: z.core.$ZodIssue): number => (code === "unrecognized_keys" ? 0 : 1);
    const issues = parsed.error.issues.toSorted((a, b) => isTypo(a) - isTypo(b));
    throw new ConfigError(
      path,
      issues.flatMap((issue) => problemsOf(issue, keysAt).map(({ where, message, isKey }) => say(where, message, isKey))),
    );
  }
  return { value: parsed.data, say };
}

/** `sources[1].uri`. */
function pathText(path: readonly PropertyKey[]): string {
  if (path.length === 0) return "the file";
  return path.reduce<string>(
    (text, part) => (typeof part === "number" ? `${text}[${part}]` : text === "" ? String(part) : `${text}.${String(part)}`),
    "",
  );
}

interface Problem {
  readonly where: readonly PropertyKey[];
  readonly message: string;
  readonly isKey: boolean;
}

/** Aliases are refused: a few lines of them can stand for gigabytes. */
function valueOf(document: ReturnType<typeof parseDocument>, path: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 0 });
  } catch (error) {
    throw new ConfigError(path, [`${path}:1:1: ${error instanceof Error ? error.message : "the file cannot be read"}`]);
  }
}

type KeysAt = (path: readonly PropertyKey[]) => readonly string[] | null;

function problemsOf(issue: z.core.$ZodIssue, keysAt: KeysAt): readonly Problem[] {
  if (issue.code === "unrecognized_keys") {
    const known = keysAt(issue.path) ?? [];
    return issue.keys.map((key) => {
      const near = nearestWord(key, known);
      const hint = near === null ? `allowed are ${known.join(", ")}` : `did you mean ${near}?`;
      return { where: [...issue.path, key], message: `no such key: ${hint}`, isKey: true };
    });
  }
  if (issue.code === "invalid_union") {
    // Of several ways that a value could have been right, that which came furthest tells most
    const all = issue.errors.flat();
    const inner = all.find((one) => one.code === "unrecognized_keys") ?? all.find((one) => one.path.length > 0);
    if (inner !== undefined) return problemsOf({ ...inner, path: [...issue.path, ...inner.path] }, keysAt);
  }
  if (issue.code === "invalid_key") return [{ where: issue.path, message: issue.issues[0]?.message ?? issue.message, isKey: true }];
  return [{ where: issue.path, message: plain(issue), isKey: false }];
}

/** What is allowed, without zod's own words where it has none for people. */
function plain(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return `is missing or of the wrong kind: ${KINDS[issue.expected] ?? issue.expected} is expected`;
    case "too_small":
      return issue.origin === "string" ? "has too few characters" : `must be at least ${issue.minimum}`;
    case "too_big":
      return `must be at most ${issue.maximum}`;
    default:
      return issue.message;
  }
}

const KINDS: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a map of keys",
  record: "a map of names",
};
