/**
 * What history has of files already, so that nothing counts twice. A file is known by its content, decompressed, and by what is chosen of
 * it: by whatever name, packed or not. What is noted of it when all of it is in: that it is, for which target groups, and its length and hash,
 * by which a file that has grown since is recognised.
 */
import { createHash, type Hash } from "node:crypto";
import { statSync } from "node:fs";
import { InputError } from "../../model/errors.ts";
import type { TargetGroup } from "../../observe/recorder/interval-recorder.ts";
import { STANDARD_INPUT } from "../../sources/file.ts";
import { openSource } from "../../sources/open.ts";
import type { Store } from "../../store/store.ts";

/** Rises when other rows count, or parts are cut elsewhere: old tokens must not stand for new parts. */
const RULES = 2;
/** Octets of a beginning by which files that may have grown are looked up; a shorter file is no beginning of another. */
const HEAD_OCTETS = 256;
const READ_OCTETS = 1 << 20;

/** What an import has to do with a file. */
export interface FilePlan {
  readonly path: string;
  /** Of its content and of what is chosen of it; null for what cannot be read twice. */
  readonly token: string | null;
  /** Whether history lacks the file, and the names of the target groups that lack it. */
  readonly isNew: boolean;
  readonly groups: ReadonlySet<string>;
  /** Of what an import writes of it: the same for the same content and the same lack. */
  readonly partsToken: string | null;
  /** Octets at its beginning, decompressed, that history has from an earlier state of it. */
  readonly known: number;
  /** What is to be noted when all of it is in. */
  readonly marks: readonly string[];
}

export interface FilesPlan {
  readonly files: readonly FilePlan[];
  /** Files with the content of one before them: not read. */
  readonly twins: readonly string[];
}

/** @param how what is chosen of each file, and for whom, as plain values. @param history what the store notes; null where there is none. */
export async function planFiles(
  paths: readonly string[],
  how: unknown,
  targets: readonly TargetGroup[],
  history: Pick<Store, "importTokens"> | null,
): Promise<FilesPlan> {
  const choice = digest(JSON.stringify([RULES, how]));
  const beginnings = new Beginnings(`grown/${choice.slice(0, 16)}/`);
  if (history !== null) for (const token of await history.importTokens(beginnings.prefix)) beginnings.add(token);
  const twins: string[] = [];
  const files: FilePlan[] = [];
  const tokens = new Set<string>();
  for (const path of paths) {
    const content = path === STANDARD_INPUT ? null : await contentOf(path, beginnings);
    if (content === null) {
      const groups = new Set(targets.map(({ name }) => name));
      files.push({ path, token: null, partsToken: null, isNew: true, groups, known: 0, marks: [] });
      continue;
    }
    const token = digest(`${content.hash} ${choice}`);
    if (tokens.has(token)) {
      twins.push(path);
      continue;
    }
    tokens.add(token);
    const noted = new Set(history === null ? [] : await history.importTokens(`file/${token}/`));
    const whole = `file/${token}/whole`;
    const lacking = targets.filter((group) => !noted.has(groupMark(token, group)));
    const grown = beginnings.tokenOf(content);
    const isNew = !noted.has(whole);
    const marks = [whole, ...lacking.map((group) => groupMark(token, group)), ...(grown === null ? [] : [grown])];
    files.push({
      path,
      token,
      isNew,
      groups: new Set(lacking.map(({ name }) => name)),
      partsToken: digest(JSON.stringify([token, isNew, lacking, content.known])),
      known: content.known,
      marks: marks.filter((mark) => !noted.has(mark)),
    });
    if (grown !== null) beginnings.add(grown);
  }
  // What history has goes first, so that what others have in common with it is known when they come
  return { files: [...files.filter(({ isNew }) => !isNew), ...files.filter(({ isNew }) => isNew)], twins };
}

/** A group is its name and its networks. */
function groupMark(token: string, { name, networks }: TargetGroup): string {
  return `file/${token}/group/${digest(JSON.stringify([name, networks])).slice(0, 16)}`;
}

interface Content {
  readonly head: string | null;
  readonly length: number;
  readonly hash: string;
  /** Length of the longest earlier state of the file that is known, octets. */
  readonly known: number;
}

/** What files looked like when they were imported: by their first octets, lengths and hashes. */
class Beginnings {
  readonly prefix: string;
  readonly #byHead = new Map<string, Map<number, string>>();

  constructor(prefix: string) {
    this.prefix = prefix;
  }

  tokenOf({ head, length, hash }: Content): string | null {
    return head === null ? null : `${this.prefix}${head}/${length}/${hash}`;
  }

  add(token: string): void {
    const [head = "", length = "", hash = ""] = token.slice(this.prefix.length).split("/");
    const known = this.#byHead.get(head) ?? new Map<number, string>();
    this.#byHead.set(head, known.set(Number(length), hash));
  }

  /** Lengths and hashes of files with that head, the shortest first. */
  of(head: string): readonly (readonly [length: number, hash: string])[] {
    return [...(this.#byHead.get(head) ?? [])].sort(([a], [b]) => a - b);
  }
}

/** Reads a file once, decompressed; null for pipes, and where it cannot be read, which whoever reads it next will say. */
async function contentOf(path: string, beginnings: Beginnings): Promise<Content | null> {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return null;
  let reader;
  try {
    reader = await openSource(path);
    const buffer = new Uint8Array(READ_OCTETS);
    const hash = createHash("sha256");
    let length = 0;
    let head: string | null = null;
    let earlier: readonly (readonly [length: number, hash: string])[] = [];
    let known = 0;
    const firsts = new Uint8Array(HEAD_OCTETS);
    for (;;) {
      const read = reader.read(buffer, 0);
      const count = typeof read === "number" ? read : await read;
      if (count === 0) break;
      if (length < HEAD_OCTETS) {
        firsts.set(buffer.subarray(0, Math.min(count, HEAD_OCTETS - length)), length);
        if (length + count >= HEAD_OCTETS) {
          head = digest(firsts).slice(0, 16);
          earlier = beginnings.of(head);
        }
      }
      let at = 0;
      for (const [end, wanted] of earlier) {
        if (end <= length || end > length + count) continue;
        hash.update(buffer.subarray(at, end - length));
        at = end - length;
        if (digestSoFar(hash) === wanted) known = end;
      }
      hash.update(buffer.subarray(at, count));
      length += count;
    }
    const whole = hash.digest("hex");
    // The whole of it is another matter than its beginning
    return { head, length, hash: whole, known: known < length ? known : 0 };
  } catch (error) {
    if (error instanceof InputError) return null;
    throw error;
  } finally {
    await reader?.close();
  }
}

function digest(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}

function digestSoFar(hash: Hash): string {
  return hash.copy().digest("hex");
}
