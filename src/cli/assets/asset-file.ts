/** A list of assets, YAML or CSV, read and checked: every problem with its line, and what is worth telling though it is no problem. */
import { readFileSync, statSync } from "node:fs";
import { isNode, LineCounter, parseDocument } from "yaml";
import type { z } from "zod";
import type { Asset } from "../../model/asset.ts";
import { formatNetwork, parseNetwork } from "../../model/address.ts";
import { ConfigError } from "../../model/errors.ts";
import { systemReason } from "../../sources/file.ts";
import { nearestWord } from "../config/did-you-mean.ts";
import { csvRows } from "./asset-csv.ts";
import { ASSET_KEYS, assetShape, assetsShape, MOST_ASSETS, MOST_NETWORKS } from "./asset-shape.ts";

const MOST_BYTES = 16 << 20;
/** Problems told at once. */
const MOST_PROBLEMS = 50;

export interface ReadAssets {
  readonly assets: readonly Asset[];
  /** Networks that two assets name, and names that come twice. */
  readonly notes: readonly string[];
}

/** @throws ConfigError */
export function loadAssets(path: string): ReadAssets {
  let text: string;
  try {
    if (statSync(path).size > MOST_BYTES) throw new ConfigError(path, [`${path}: is too large for a list of assets (16 MiB)`]);
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new ConfigError(path, [`${path}: ${systemReason(error)}`]);
  }
  return readAssets(text, path);
}

/** @param path for messages; a name that ends in .csv is CSV. @throws ConfigError with all that is wrong */
export function readAssets(text: string, path: string): ReadAssets {
  const plain = text.startsWith("\uFEFF") ? text.slice(1) : text;
  const listed = /\.csv$/i.test(path) ? fromCsv(plain, path) : fromYaml(plain, path);
  const networks = listed.reduce((sum, { value }) => sum + value.networks.length, 0);
  if (networks > MOST_NETWORKS) throw new ConfigError(path, [`${path}: ${networks} networks; at most ${MOST_NETWORKS} are read`]);
  return { assets: listed.map(({ value }) => assetOf(value)), notes: notesOf(listed, path) };
}

type Shaped = z.infer<typeof assetShape>;
interface Listed {
  readonly value: Shaped;
  readonly line: number;
}

function fromYaml(text: string, path: string): Listed[] {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const lineOf = (where: readonly PropertyKey[]): number => {
    for (let length = where.length; length > 0; length--) {
      const node: unknown = document.getIn(where.slice(0, length), true);
      if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
    }
    return 1;
  };
  const fault = document.errors[0];
  if (fault !== undefined)
    throw new ConfigError(path, [`${path}:${lines.linePos(fault.pos[0]).line}: ${fault.message.replace(/\s+/g, " ")}`]);
  let value: unknown;
  try {
    // Aliases are refused: a few lines of them can stand for gigabytes.
    value = document.toJS({ maxAliasCount: 0 });
  } catch (error) {
    throw new ConfigError(path, [`${path}:1: ${error instanceof Error ? error.message : "cannot be read"}`]);
  }
  const parsed = assetsShape.safeParse(value ?? {});
  if (parsed.success) return parsed.data.assets.map((one, index) => ({ value: one, line: lineOf(["assets", index]) }));
  throw new ConfigError(
    path,
    parsed.error.issues
      .flatMap((issue) => wordsOf(issue, issue.path.length === 0 ? ["assets"] : ASSET_KEYS).map((words) => ({ issue, words })))
      .slice(0, MOST_PROBLEMS)
      .map(({ issue, words }) => `${path}:${lineOf([...issue.path, ...keysOf(issue)])}: ${placeText(issue.path)}${words}`),
  );
}

function fromCsv(text: string, path: string): Listed[] {
  const { rows, openQuoteAt } = csvRows(text);
  if (openQuoteAt !== null) throw new ConfigError(path, [`${path}:${openQuoteAt}: a quote that begins here is not closed`]);
  const [header, ...body] = rows;
  if (header === undefined || body.length === 0)
    throw new ConfigError(path, [`${path}:1: a header and a line for each asset are expected`]);
  if (body.length > MOST_ASSETS) throw new ConfigError(path, [`${path}: ${body.length} assets; at most ${MOST_ASSETS} are read`]);
  const columns = header.cells.map((cell) => cell.trim().toLowerCase());
  const unknown = columns.filter((column, at) => !ASSET_KEYS.includes(column) || columns.indexOf(column) !== at);
  if (unknown.length > 0)
    throw new ConfigError(
      path,
      unknown.map(
        (column) =>
          `${path}:${header.line}: ${ASSET_KEYS.includes(column) ? `column ${column} comes twice` : unknownWords(column, ASSET_KEYS)}`,
      ),
    );
  const problems: string[] = [];
  const listed: Listed[] = [];
  for (const { line, cells } of body) {
    if (cells.length > columns.length) problems.push(`${path}:${line}: ${cells.length} cells where the header has ${columns.length}`);
    const value = Object.fromEntries(
      columns.flatMap((column, at): [string, unknown][] => {
        const cell = (cells[at] ?? "").trim();
        if (cell === "") return [];
        return [[column, column === "networks" || column === "services" ? cell.split(/[\s;]+/).filter((part) => part !== "") : cell]];
      }),
    );
    const parsed = assetShape.safeParse(value);
    if (parsed.success) listed.push({ value: parsed.data, line });
    else
      for (const issue of parsed.error.issues)
        problems.push(...wordsOf(issue, ASSET_KEYS).map((words) => `${path}:${line}: ${placeText(issue.path)}${words}`));
    if (problems.length >= MOST_PROBLEMS) break;
  }
  if (problems.length > 0) throw new ConfigError(path, problems);
  return listed;
}

function keysOf(issue: z.core.$ZodIssue): readonly string[] {
  return issue.code === "unrecognized_keys" ? issue.keys.slice(0, 1) : [];
}

function wordsOf(issue: z.core.$ZodIssue, known: readonly string[]): string[] {
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => unknownWords(key, known));
    case "invalid_type":
      return ["is missing or of the wrong kind"];
    case "too_small":
      return ["is empty"];
    case "too_big":
      return [`is longer than ${issue.maximum}`];
    default:
      return [issue.message];
  }
}

function unknownWords(key: string, known: readonly string[]): string {
  const near = nearestWord(key, known);
  return `${JSON.stringify(key.slice(0, 64))} is not known: ${near === null ? `allowed are ${known.join(", ")}` : `did you mean ${near}?`}`;
}

function placeText(path: readonly PropertyKey[]): string {
  const text = path.reduce<string>(
    (sum, part) => (typeof part === "number" ? `${sum}[${part}]` : sum === "" ? String(part) : `${sum}.${String(part)}`),
    "",
  );
  return text === "" ? "" : `${text}: `;
}

function assetOf({ name, networks, sector, role, services, exposure }: Shaped): Asset {
  return {
    name,
    networks: networks.flatMap((text) => parseNetwork(text) ?? []),
    sector: sector ?? null,
    role: role ?? null,
    services: services.map((text) => ({ transport: /^tcp/i.test(text) ? "tcp" : "udp", port: Number(text.slice(4)) })),
    exposure: exposure ?? null,
  };
}

function notesOf(listed: readonly Listed[], path: string): string[] {
  const notes: string[] = [];
  const holders = new Map<string, string>();
  const names = new Map<string, number>();
  for (const { value, line } of listed) {
    const before = names.get(value.name);
    if (before !== undefined) notes.push(`${path}:${line}: ${value.name} is named in line ${before} too: both are told as one`);
    else names.set(value.name, line);
    for (const text of value.networks) {
      const network = formatNetwork(parseNetwork(text)!);
      const holder = holders.get(network);
      if (holder === undefined) holders.set(network, value.name);
      else notes.push(`${path}:${line}: ${network} belongs to ${holder} already; ${holder} keeps it`);
    }
  }
  return notes;
}
