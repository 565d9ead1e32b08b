/** A mapping file: YAML that tells what the columns of a table are, checked to the line before anything is read with it. */
import { isNode, LineCounter, parseDocument } from "yaml";
import { z } from "zod";
import {
  FIELD_DEFAULTS,
  type FieldMapping,
  MAPPED_FIELDS,
  type MappedField,
  type Mapping,
  NEEDED_FIELDS,
  type TimeUnit,
  type ValuePlace,
} from "../formats/mapped/mapping.ts";
import { patternProblem } from "../formats/mapped/time-values.ts";
import { UsageError } from "../model/errors.ts";

const words = z.array(z.union([z.string(), z.number(), z.boolean()]).transform((value) => String(value).toLowerCase()));
const columnNumber = z.int().min(1).max(4096);
const place = {
  column: z.union([z.string().min(1), columnNumber]).optional(),
  path: z.array(z.string()).min(1).max(16).optional(),
  value: z.union([z.string(), z.number()]).transform(String).optional(),
};
const unit = z.string().superRefine((text, context) => {
  const problem = UNITS.has(text)
    ? null
    : text.includes("%")
      ? patternProblem(text)
      : "use s, ms, us, ns, iso, or a pattern such as %Y-%m-%d %H:%M:%S";
  if (problem !== null) context.addIssue({ code: "custom", message: problem });
});
const UNITS = new Set(["s", "ms", "us", "ns", "iso"]);

const field = z.union(
  [
    z.string().min(1),
    columnNumber,
    z
      .strictObject({
        ...place,
        unit: unit.optional(),
        flags: z.enum(["auto", "hex"]).optional(),
        denied: words.optional(),
        allowed: words.optional(),
      })
      .refine((value) => [value.column, value.path, value.value].filter((given) => given !== undefined).length === 1, {
        message: "give one of column, path and value",
      }),
  ],
  { error: "a column's name, its number, or { column: …, unit: … }" },
);

const SEPARATORS: Readonly<Record<string, string>> = { tab: "\t", whitespace: " ", comma: ",", semicolon: ";", pipe: "|" };

const file = z.strictObject({
  records: z.enum(["csv", "tsv", "json", "parquet"]),
  separator: z
    .string()
    .transform((text) => SEPARATORS[text] ?? text)
    .refine((text) => /^[\t -!#-/:-@[-`{-~]$/.test(text), { message: "one character, or tab or whitespace" })
    .optional(),
  header: z.boolean().default(true),
  comment: z.string().max(8).default(""),
  missing: z.array(z.string().max(64)).max(64).default(["-"]),
  utcOffset: z
    .string()
    .regex(/^[+-]\d\d:[0-5]\d$/, { message: "hours and minutes east of UTC, such as +02:00" })
    .default("+00:00"),
  record: z.enum(["flow", "packet"]).default("flow"),
  grade: z.enum(["confirmed", "unconfirmed"]).default("unconfirmed"),
  fields: z.partialRecord(z.enum(MAPPED_FIELDS), field),
});

/**
 * The mapping in the text of a file; `name` is the file's, for messages.
 * @throws UsageError that says what is wrong, in which line.
 */
export function readMapping(text: string, name: string): Mapping {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const fault = document.errors[0];
  if (fault !== undefined) throw problem(name, lines.linePos(fault.pos[0]).line, fault.message);
  /** Line of a value, or of the nearest that is there. */
  const lineOf = (path: readonly PropertyKey[]): number => {
    for (let length = path.length; length > 0; length--) {
      const node: unknown = document.getIn(path.slice(0, length), true);
      if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
    }
    return 1;
  };
  const parsed = file.safeParse(valueOf(document, name));
  if (!parsed.success) {
    const issue = deepest(parsed.error.issues[0]!);
    const path = issue.code === "unrecognized_keys" ? [...issue.path, issue.keys[0] ?? ""] : issue.path;
    throw problem(name, lineOf(path), `${path.join(".") || "the file"}: ${issue.message}`);
  }
  return mappingOf(parsed.data, (path, message) => problem(name, lineOf(path), message));
}

/** Aliases are refused: a few lines of them can stand for gigabytes. */
function valueOf(document: ReturnType<typeof parseDocument>, name: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 0 });
  } catch (error) {
    throw problem(name, 1, error instanceof Error ? error.message : "the file cannot be read");
  }
}

function problem(name: string, line: number, message: string): UsageError {
  return new UsageError(`${name}:${line}: ${message}`);
}

/** Of several ways that a value could have been right, what was wrong with the one that came furthest. */
function deepest(issue: z.core.$ZodIssue): z.core.$ZodIssue {
  if (issue.code !== "invalid_union") return issue;
  const inner = issue.errors.flat().find((candidate) => candidate.code !== "invalid_type" || candidate.path.length > 0);
  return inner === undefined ? issue : { ...deepest(inner), path: [...issue.path, ...inner.path] };
}

type Problem = (path: readonly PropertyKey[], message: string) => UsageError;

function mappingOf(data: z.infer<typeof file>, problemAt: Problem): Mapping {
  const isCsv = data.records === "csv" || data.records === "tsv";
  const fields = new Map<MappedField, FieldMapping>();
  for (const name of MAPPED_FIELDS) {
    const given = data.fields[name];
    if (given === undefined) continue;
    const mapped = fieldOf(given);
    const { kind } = mapped.place;
    if (kind === "number" && data.records === "json") throw problemAt(["fields", name], `${name}: JSON has no columns by number`);
    if (kind === "path" && isCsv) throw problemAt(["fields", name], `${name}: a path is of JSON and Parquet, not of CSV`);
    if (kind === "name" && isCsv && !data.header) throw problemAt(["fields", name], `${name}: without a header, columns have numbers only`);
    fields.set(name, mapped);
  }
  const lacking = NEEDED_FIELDS.filter((name) => !fields.has(name));
  if (lacking.length > 0) throw problemAt(["fields"], `fields lacks ${lacking.join(", ")}`);
  const sign = data.utcOffset.startsWith("-") ? -1 : 1;
  return {
    records: isCsv ? "csv" : data.records === "json" ? "json" : "parquet",
    separator: data.separator ?? (data.records === "tsv" ? "\t" : ","),
    hasHeader: data.header,
    comment: data.comment,
    missing: data.missing,
    utcOffset: sign * (Number(data.utcOffset.slice(1, 3)) * 3600 + Number(data.utcOffset.slice(4)) * 60),
    record: data.record,
    grade: data.grade,
    fields,
  };
}

function fieldOf(given: z.infer<typeof field>): FieldMapping {
  if (typeof given !== "object") return { ...FIELD_DEFAULTS, place: columnPlace(given) };
  return {
    place: placeOf(given),
    unit: given.unit === undefined ? FIELD_DEFAULTS.unit : unitOf(given.unit),
    flags: given.flags ?? FIELD_DEFAULTS.flags,
    denied: given.denied ?? FIELD_DEFAULTS.denied,
    allowed: given.allowed ?? FIELD_DEFAULTS.allowed,
  };
}

function columnPlace(column: string | number): ValuePlace {
  return typeof column === "number" ? { kind: "number", number: column } : { kind: "name", name: column };
}

function placeOf(given: {
  readonly column?: string | number | undefined;
  readonly path?: string[] | undefined;
  readonly value?: string | undefined;
}): ValuePlace {
  if (given.path !== undefined) return { kind: "path", keys: given.path };
  return given.column === undefined ? { kind: "constant", text: given.value ?? "" } : columnPlace(given.column);
}

function unitOf(text: string): TimeUnit {
  if (text === "s" || text === "ms" || text === "us" || text === "ns" || text === "iso") return text;
  return { pattern: text };
}
