/** What a library and a server have in common: questions by way of ClickHouse's own client, and its errors as ours. */
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import type { ClickHouseClient } from "@clickhouse/client";
import { StoreError } from "../model/errors.ts";
import { type Engine, type NativeBlock, sqlText } from "./engine.ts";

const SETTINGS = {
  // Numbers beyond 2⁵³ do not occur; as text they would have to be converted one by one
  output_format_json_quote_64bit_integers: 0,
  // Tops of a flood of sources go by way of the disk beyond this many octets, instead of failing
  max_bytes_before_external_group_by: "1073741824",
  // Of small reads; how much is kept is the engine's to say
  use_uncompressed_cache: 1,
} as const;

export abstract class ClientEngine implements Engine {
  readonly place: string;
  readonly name: string;
  abstract readonly cluster: string | null;
  protected readonly writing: ClickHouseClient;
  /** Each with the number of questions that wait for it: a connection of the library's answers one at a time. */
  private readonly reading: readonly { readonly client: ClickHouseClient; waiting: number }[];
  /** For others' questions: their settings stay with their connection. */
  private readonly answering: ClickHouseClient;

  constructor(
    place: string,
    clients: readonly [writing: ClickHouseClient, answering: ClickHouseClient, ...reading: readonly ClickHouseClient[]],
    name: string,
  ) {
    this.place = place;
    this.name = name;
    const [writing, answering, ...reading] = clients;
    this.writing = writing;
    this.answering = answering;
    this.reading = reading.map((client) => ({ client, waiting: 0 }));
  }

  async rows<Row>(sql: string): Promise<Row[]> {
    return this.ask(async (client) => {
      const result = await client.query({ query: sql, format: "JSONEachRow", clickhouse_settings: SETTINGS });
      return await result.json<Row>();
    });
  }

  async columns(sql: string): Promise<number[][]> {
    return this.ask(async (client) => {
      const { stream } = await client.exec({ query: `${sql} FORMAT JSONCompactColumns`, clickhouse_settings: SETTINGS });
      return JSON.parse(await text(stream)) as number[][];
    });
  }

  async answer(sql: string, settings: Readonly<Record<string, string>>): Promise<Readable> {
    try {
      const { stream } = await this.answering.exec({ query: sql, clickhouse_settings: settings });
      return stream;
    } catch (error) {
      throw storeErrorOf(this.place, error);
    }
  }

  async run(sql: string): Promise<void> {
    try {
      await this.writing.command({ query: sql });
    } catch (error) {
      throw storeErrorOf(this.place, error);
    }
  }

  abstract runEverywhere(sql: string): Promise<void>;
  abstract insert(table: string, block: NativeBlock, token: string): Promise<void>;
  abstract exportTo(sql: string, path: string): Promise<void>;
  abstract importFrom(table: string, path: string): Promise<void>;

  async close(): Promise<void> {
    await Promise.all([...this.reading.map(({ client }) => client.close()), this.writing.close(), this.answering.close()]);
  }

  private async ask<Answer>(question: (client: ClickHouseClient) => Promise<Answer>): Promise<Answer> {
    const connection = this.reading.reduce((least, one) => (one.waiting < least.waiting ? one : least));
    connection.waiting++;
    try {
      return await question(connection.client);
    } catch (error) {
      throw storeErrorOf(this.place, error);
    } finally {
      connection.waiting--;
    }
  }
}

/**
 * Settings of an insert: its token goes on to the views' tables. What the views make is merged already, so the second merge that tables
 * of this kind make of each block (half of the whole cost) is left out.
 */
export function insertSettings(token: string): string {
  const settings = ["optimize_on_insert = 0", "deduplicate_blocks_in_dependent_materialized_views = 1"];
  if (token !== "") settings.push(`insert_deduplication_token = ${sqlText(token)}`);
  return ` SETTINGS ${settings.join(", ")}`;
}

/** Codes of ClickHouse (src/Common/ErrorCodes.cpp) and of the operating system that say that nobody answers, or that the disk is full. */
const DOWN = new Set([
  "209",
  "210",
  "279",
  "ECONNREFUSED",
  "ECONNRESET",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ETIMEDOUT",
  "EPIPE",
  "ENOENT",
]);
const FULL = new Set(["243", "ENOSPC", "EDQUOT"]);
const LONGEST_REASON = 300;

/** Any error of client or engine as a StoreError with one line. */
export function storeErrorOf(place: string, error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  const code = (error as { code?: string } | null)?.code ?? "";
  const message = error instanceof Error ? error.message : String(error);
  if (FULL.has(code) || /No space left on device|errno: 28/.test(message))
    return new StoreError("E_STORE_FULL", place, "no space left on the disk of the store", error);
  if (DOWN.has(code) || /^Timeout error|socket hang up/.test(message)) {
    return new StoreError("E_STORE_DOWN", place, `does not answer (${code === "" ? oneLine(message) : code})`, error);
  }
  const cut = oneLine(message);
  return new StoreError("E_STORE_FAILED", place, cut === "" ? `the engine failed (${code})` : cut, error);
}

function oneLine(message: string): string {
  const line = message.replaceAll(/\s+/g, " ").trim();
  return line.length > LONGEST_REASON ? `${line.slice(0, LONGEST_REASON)}…` : line;
}
