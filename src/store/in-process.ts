/** ClickHouse as a library in this process (chDB), under a folder. The library has 540 MB and is loaded when a store is first opened. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { StoreError } from "../model/errors.ts";
import { shieldStandardInput } from "../model/standard-input.ts";
import type { ClickHouseClient, createClient } from "@clickhouse/client";
import type { Session } from "chdb";
import type { createChdbConnection } from "chdb/connection";
import { ClientEngine, insertSettings, storeErrorOf } from "./client-engine.ts";
import { DATABASE } from "./table.ts";
import { type Engine, type NativeBlock, sqlText } from "./engine.ts";

type ClientConnection = NonNullable<NonNullable<Parameters<typeof createClient>[0]>["connection"]>;

/** Where the engine keeps its files, and blocks on their way to it. */
const ENGINE_FOLDER = "engine";
const INCOMING_FOLDER = "incoming";

/** A server's caches hold GB; this is one sensor's memory. Octets. */
const ENGINE_LIMITS = [
  "--mark_cache_size=67108864",
  "--primary_index_cache_size=67108864",
  "--index_mark_cache_size=8388608",
  "--query_condition_cache_size=8388608",
  "--compiled_expression_cache_size=16777216",
  // A dashboard asks for the same again and again: without it, half of the work of an answer is decompressing
  "--uncompressed_cache_size=134217728",
];

/** Connections for questions: a picture asks several, and most use one processor. */
const READERS = 2;

export function engineFolder(folder: string): string {
  return join(folder, ENGINE_FOLDER);
}

/** @throws StoreError E_STORE_MISSING where the library is not installed, E_STORE_FAILED where the folder's contents are damaged. */
export async function openInProcess(folder: string): Promise<Engine> {
  shieldStandardInput();
  const library = await loadLibrary(folder);
  const client = await import("@clickhouse/client");
  const incoming = join(folder, INCOMING_FOLDER);
  try {
    // Blocks that a killed process left: what was not acknowledged is sent again by whoever sent it
    rmSync(incoming, { recursive: true, force: true });
    mkdirSync(incoming, { recursive: true, mode: 0o700 });
    // The first connection says how the engine is set up, and holds it
    const engine = new library.Session(engineFolder(folder), { connectionArgs: ENGINE_LIMITS });
    const connect = (): ClickHouseClient => {
      const connection = library.createChdbConnection({ path: engineFolder(folder) });
      // The same interface, of two packages' copies of it
      return client.createClient({ connection: connection as unknown as ClientConnection });
    };
    // A connection answers one question at a time: reading does not wait for writing
    const answering = connect();
    await answering.command({ query: "SET readonly = 2" });
    return new InProcessEngine(folder, incoming, engine, connect(), answering, ...Array.from({ length: READERS }, connect));
  } catch (error) {
    throw storeErrorOf(folder, error);
  }
}

class InProcessEngine extends ClientEngine {
  readonly cluster = null;
  private readonly incoming: string;
  private blocks = 0;

  private readonly session: Session;

  constructor(place: string, incoming: string, session: Session, ...clients: ConstructorParameters<typeof ClientEngine>[1]) {
    super(place, clients, "chDB");
    this.incoming = incoming;
    this.session = session;
  }

  override async close(): Promise<void> {
    await super.close();
    this.session.close();
  }

  async insert(table: string, block: NativeBlock, token: string): Promise<void> {
    // The client would send the block as text
    const path = join(this.incoming, `${++this.blocks}.native`);
    try {
      writeFileSync(path, block.octets);
      await this.importBlock(table, block.columns, path, token);
    } catch (error) {
      throw storeErrorOf(this.place, error);
    } finally {
      rmSync(path, { force: true });
    }
  }

  async exportTo(sql: string, path: string): Promise<void> {
    await this.run(`${sql} INTO OUTFILE ${sqlText(path)} FORMAT Native`);
  }

  async importFrom(table: string, path: string): Promise<void> {
    await this.importBlock(table, [], path, "");
  }

  async runEverywhere(sql: string): Promise<void> {
    await this.run(sql);
  }

  private async importBlock(table: string, columns: readonly string[], path: string, token: string): Promise<void> {
    const names = columns.length === 0 ? "" : ` (${columns.join(", ")})`;
    await this.run(`INSERT INTO ${DATABASE}.${table}${names} FROM INFILE ${sqlText(path)}${insertSettings(token)} FORMAT Native`);
  }
}

interface Library {
  readonly createChdbConnection: typeof createChdbConnection;
  readonly Session: typeof Session;
}

async function loadLibrary(folder: string): Promise<Library> {
  try {
    const [connection, whole] = await Promise.all([import("chdb/connection"), import("chdb")]);
    return { createChdbConnection: connection.createChdbConnection, Session: whole.Session };
  } catch (error) {
    const platform = `${process.platform} ${process.arch}`;
    throw new StoreError(
      "E_STORE_MISSING",
      folder,
      `the engine for stores in a folder (npm's chdb) is not installed or not made for ${platform}; keep history in a server: http://HOST:8123`,
      error,
    );
  }
}
