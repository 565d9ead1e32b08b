/** ClickHouse servers for tests: child processes on loopback, one alone or the shards of a cluster. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export const CLUSTER_NAME = "precursor_test";
/** Seconds after which a server that nobody stopped ends. */
const LIFE_SECONDS = 600;
const START_MILLISECONDS = 60_000;

interface NodeAddress {
  readonly http: number;
  readonly tcp: number;
  readonly interserver: number;
}

export interface Cluster {
  /** Of the first node, with the others as parameters. */
  readonly url: string;
  /** SIGKILL. */
  kill(node: number): Promise<void>;
  start(node: number): Promise<void>;
  close(): Promise<void>;
}

/** libchdb of this platform, or null where it or the way to load it is not installed. */
export function serverLibrary(): string | null {
  try {
    const require = createRequire(import.meta.url);
    require.resolve("ffi-rs");
    const library = require("chdb/libchdb") as { libchdbPath(): string };
    return library.libchdbPath();
  } catch {
    return null;
  }
}

/** Starts that many nodes, each of which is a shard. */
export async function startCluster(shards: number): Promise<Cluster> {
  const library = serverLibrary();
  if (library === null) throw new Error("no library to start a server from");
  const folder = mkdtempSync(join(tmpdir(), "precursor-cluster-"));
  const addresses: NodeAddress[] = [];
  for (let shard = 0; shard < shards; shard++)
    addresses.push({ http: await freePort(), tcp: await freePort(), interserver: await freePort() });
  const config = join(folder, "cluster.xml");
  writeFileSync(config, configOf(addresses));
  const children = new Array<ChildProcess | null>(shards).fill(null);
  const start = async (node: number): Promise<void> => {
    const address = addresses[node];
    if (address === undefined) throw new RangeError(`no node ${node}`);
    children[node] = spawn(
      process.execPath,
      [
        join(dirname(import.meta.filename), "clickhouse-node.fixture.ts"),
        library,
        "clickhouse",
        `--config-file=${config}`,
        `--path=${join(folder, `node-${node}`)}`,
        "--listen_host=127.0.0.1",
        `--http_port=${address.http}`,
        `--tcp_port=${address.tcp}`,
        `--query=SYSTEM START LISTEN HTTP; SYSTEM START LISTEN TCP; SELECT sleepEachRow(1) FROM numbers(${LIFE_SECONDS}) ` +
          `SETTINGS max_block_size=1, function_sleep_max_microseconds_per_block=0 FORMAT Null`,
      ],
      { stdio: ["ignore", "ignore", "inherit"] },
    );
    await answers(`http://127.0.0.1:${address.http}/ping`);
  };
  const kill = async (node: number): Promise<void> => {
    const child = children[node];
    children[node] = null;
    if (child === undefined || child === null || child.exitCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  };
  await Promise.all(addresses.map((_, node) => start(node)));
  return {
    url: addresses.map(({ http }) => `http://127.0.0.1:${http}`).reduce((url, node, at) => `${url}${at === 1 ? "/?" : "&"}node=${node}`),
    kill,
    start,
    close: async () => {
      await Promise.all(addresses.map((_, node) => kill(node)));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function configOf(addresses: readonly NodeAddress[]): string {
  const shards = addresses.map(({ tcp }) => `<shard><replica><host>127.0.0.1</host><port>${tcp}</port></replica></shard>`);
  return `<clickhouse><remote_servers><${CLUSTER_NAME}>${shards.join("")}</${CLUSTER_NAME}></remote_servers></clickhouse>`;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

async function answers(url: string): Promise<void> {
  const until = performance.now() + START_MILLISECONDS;
  for (;;) {
    try {
      if ((await fetch(url)).ok) return;
    } catch {
      // Not yet
    }
    if (performance.now() > until) throw new Error(`${url} does not answer`);
    await sleep(50);
  }
}
