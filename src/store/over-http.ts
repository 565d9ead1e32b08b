/** ClickHouse over HTTP: a server, the nodes of a cluster, or another process of ours that holds a folder and answers on its socket. */
import { createReadStream, createWriteStream } from "node:fs";
import type { Agent } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ClickHouseClient, ClickHouseSettings } from "@clickhouse/client";
import { StoreError } from "../model/errors.ts";
import { ClientEngine, insertSettings, storeErrorOf } from "./client-engine.ts";
import { type NativeBlock, sqlText } from "./engine.ts";
import { DATABASE } from "./table.ts";

/** A merge of everything, or an export, takes minutes on a large server. */
const PATIENCE_MILLISECONDS = 600_000;

export interface HttpPlace {
  /** Address of the server; those of a cluster's other nodes are in parameters `node`: questions go to the first, tables are made at all. */
  readonly url: string;
  readonly cluster: string | null;
  /** Whether to answer from the shards that are there. */
  readonly skipUnavailableShards: boolean;
  /** For a socket; the URL's host is then of no matter. */
  readonly agent?: Agent;
  readonly place?: string;
}

/** @throws StoreError E_STORE_DOWN where nobody answers. */
export async function openOverHttp({ url: whole, cluster, skipUnavailableShards, agent, place }: HttpPlace): Promise<ClientEngine> {
  const shown = place ?? withoutPassword(whole);
  const urls = nodesOf(whole, shown);
  const { ClickHouseLogLevel, createClient } = await import("@clickhouse/client");
  // A write is acknowledged when the shards have it, not when it is queued for them
  const settings: ClickHouseSettings =
    cluster === null ? {} : { distributed_foreground_insert: 1, skip_unavailable_shards: skipUnavailableShards ? 1 : 0 };
  const connect = (url: string): ClickHouseClient => {
    try {
      return createClient({
        url,
        application: "precursor",
        // Failures are told once, as StoreErrors
        log: { level: ClickHouseLogLevel.OFF },
        request_timeout: PATIENCE_MILLISECONDS,
        clickhouse_settings: settings,
        ...(agent === undefined ? {} : { http_agent: agent }),
      });
    } catch (error) {
      throw noServer(shown, error);
    }
  };
  const nodes = urls.map(connect);
  const [first] = nodes;
  if (first === undefined) throw noServer(shown);
  const engine = new HttpEngine(shown, first, nodes, cluster);
  try {
    await engine.rows("SELECT 1 AS one");
  } catch (error) {
    await engine.close();
    throw error;
  }
  return engine;
}

/** An address for people: without users and passwords. */
export function withoutPassword(url: string): string {
  return url.replaceAll(/\/\/[^/@]*@/g, "//");
}

function nodesOf(whole: string, shown: string): readonly string[] {
  if (!URL.canParse(whole)) throw noServer(shown);
  const url = new URL(whole);
  const others = url.searchParams.getAll("node");
  url.searchParams.delete("node");
  return [url.href, ...others];
}

function noServer(shown: string, cause?: unknown): StoreError {
  return new StoreError("E_STORE_FAILED", shown, "no URL of a server (http://USER:PASSWORD@HOST:8123)", cause);
}

class HttpEngine extends ClientEngine {
  readonly cluster: string | null;
  private readonly nodes: readonly ClickHouseClient[];
  private nodesChecked = false;

  constructor(place: string, first: ClickHouseClient, nodes: readonly ClickHouseClient[], cluster: string | null) {
    super(place, [first, first, first], "ClickHouse");
    this.nodes = nodes;
    this.cluster = cluster;
  }

  async runEverywhere(sql: string): Promise<void> {
    await this.checkNodes();
    try {
      for (const node of this.nodes) await node.command({ query: sql });
    } catch (error) {
      throw storeErrorOf(this.place, error);
    }
  }

  insert(table: string, block: NativeBlock, token: string): Promise<void> {
    return this.send(table, block.columns, token, Readable.from([block.octets], { objectMode: false }));
  }

  async exportTo(sql: string, path: string): Promise<void> {
    try {
      const { stream } = await this.writing.exec({ query: `${sql} FORMAT Native` });
      await pipeline(stream, createWriteStream(path, { flags: "wx" }));
    } catch (error) {
      throw storeErrorOf(this.place, error);
    }
  }

  importFrom(table: string, path: string): Promise<void> {
    return this.send(table, [], "", createReadStream(path));
  }

  override async close(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.close()));
  }

  /** Tables that are made at some nodes only would lose what goes to the others. */
  private async checkNodes(): Promise<void> {
    if (this.cluster === null || this.nodesChecked) return;
    const [row] = await this.rows<{ nodes: number }>(
      `SELECT count() AS nodes FROM system.clusters WHERE cluster = ${sqlText(this.cluster)}`,
    );
    const nodes = row?.nodes ?? 0;
    if (nodes === 0) throw new StoreError("E_STORE_FAILED", this.place, `the server knows no cluster ${this.cluster}`);
    if (nodes !== this.nodes.length) {
      const reason = `cluster ${this.cluster} has ${nodes} nodes, the URL names ${this.nodes.length}; add &node=http://HOST:8123 for each of the others`;
      throw new StoreError("E_STORE_FAILED", this.place, reason);
    }
    this.nodesChecked = true;
  }

  private async send(table: string, columns: readonly string[], token: string, values: Readable): Promise<void> {
    const names = columns.length === 0 ? "" : ` (${columns.join(", ")})`;
    try {
      const { stream } = await this.writing.exec({
        query: `INSERT INTO ${DATABASE}.${table}${names}${insertSettings(token)} FORMAT Native`,
        values,
      });
      await stream.resume().toArray();
    } catch (error) {
      throw storeErrorOf(this.place, error);
    }
  }
}
