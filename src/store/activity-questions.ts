/** Questions about sources: who did most, what one source or network did. */
import { StoreError } from "../model/errors.ts";
import { ACTIVITY_TECHNIQUES } from "../model/history.ts";
import { formatIPv4, formatIPv6, formatNetwork, parseNetwork } from "../model/address.ts";
import { type Series, seriesOf } from "../model/series.ts";
import { type Engine, sqlText } from "./engine.ts";
import { HEAVY_NAMED, SKETCH_PRECISION } from "./rollups.ts";
import { DATABASE } from "./table.ts";
import { resolutionFor, rollup, within } from "./series-questions.ts";
import {
  MOST_ACTIVITY_ROWS,
  type ActivityPoint,
  type AddressRecord,
  type NetworkTotal,
  type PortActivity,
  type Resolution,
  type SourceActivity,
  type SourceTotal,
  type TimeRange,
} from "./store.ts";

const TCP = 6;
const UDP = 17;
const PRIVILEGED_PORTS = 1024;
const MAPPED = "::ffff:";

export async function topSources(engine: Engine, range: TimeRange, series: number | null, limit: number): Promise<readonly SourceTotal[]> {
  const filter = series === null ? "1" : filterOf(seriesOf(series));
  if (filter === null) return [];
  const resolution = resolutionFor(range);
  const table = rollup("activity", resolution);
  const condition = `${within(range, resolution)} AND technique != ${FOLDED} AND ${filter}`;
  const heavy = filter === "1" ? await heaviest(engine, "sources", range, resolution, limit) : null;
  const top = heavy ?? (await most(engine, "source", table, condition, limit));
  if (top === null) return [];
  const rows = await engine.rows<SourceTotal>(
    `SELECT toString(activity.source) AS source, max(asn) AS asn, sum(packets) AS packets, sum(targets) AS targets, uniqExact(sensor) AS sensors, ` +
      `toUnixTimestamp(min(time)) AS firstSeen, toUnixTimestamp(max(time)) AS lastSeen FROM ${table} AS activity ` +
      `WHERE ${condition} AND activity.source IN (${top}) GROUP BY activity.source ORDER BY packets DESC, source LIMIT ${limit}`,
  );
  return rows.map((row) => ({ ...row, source: plainAddress(row.source) }));
}

/** Of those whom a summary names, so many times as many as are asked for are then counted exactly. */
const HEAVY_A_ROW = 3;

/**
 * Who sends most of all, as a list for IN, from summaries of hours and days: its cost does not grow with the number of senders. Null where
 * none is kept (five minutes), or more are asked for than it names.
 */
async function heaviest(
  engine: Engine,
  column: "sources" | "networks",
  range: TimeRange,
  resolution: Resolution,
  limit: number,
): Promise<string | null> {
  if (resolution === 300 || HEAVY_A_ROW * limit > HEAVY_NAMED) return null;
  const rows = await engine.rows<{ text: string }>(
    `SELECT toString(arrayJoin(arraySlice(topKWeightedMerge(${HEAVY_NAMED})(${column}), 1, ${HEAVY_A_ROW * limit}))) AS text ` +
      `FROM ${rollup("heavy", resolution)} WHERE ${within(range, resolution)}`,
  );
  return listOf(rows);
}

/** Those with most packets, as a list for IN; all else that is told of them is then looked up for few. */
async function most(engine: Engine, column: string, table: string, condition: string, limit: number): Promise<string | null> {
  const rows = await engine.rows<{ text: string }>(
    `SELECT toString(${column}) AS text FROM ${table} WHERE ${condition} GROUP BY ${column} ORDER BY sum(packets) DESC, ${column} LIMIT ${limit}`,
  );
  return listOf(rows);
}

function listOf(rows: readonly { readonly text: string }[]): string | null {
  return rows.length === 0 ? null : rows.map(({ text }) => `toIPv6(${sqlText(text)})`).join(", ");
}

const FOLDED = ACTIVITY_TECHNIQUES.indexOf("folded");

/** What activity can tell of a series; null where it cannot: of source ports it keeps zero only, and it does not know who assigns ports. */
function filterOf(series: Series): string | null {
  if (series.kind === "port") {
    const transport = `transport = ${series.transport === "tcp" ? TCP : UDP}`;
    if (series.role === "destination") return `${transport} AND port = ${series.port}`;
    return series.port === 0 ? `${transport} AND source_port_zero > 0` : null;
  }
  const ported = `transport IN (${TCP}, ${UDP})`;
  switch (series.group) {
    case "all":
      return "1";
    case "privileged":
      return `${ported} AND port >= 0 AND port < ${PRIVILEGED_PORTS}`;
    case "port-zero":
      return `((${ported} AND port = 0) OR (transport = ${TCP} AND source_port_zero > 0))`;
    case "unassigned":
      return null;
  }
}

export async function activityOf(
  engine: Engine,
  network: string,
  range: TimeRange,
  resolution: Resolution,
): Promise<readonly SourceActivity[]> {
  const rows = await engine.rows<Omit<SourceActivity, "technique"> & { readonly technique: number }>(
    `SELECT toUnixTimestamp(time) AS at, at AS time, sensor, transport, port, technique, sum(packets) AS packets, sum(targets) AS targets ` +
      `FROM ${rollup("activity", resolution)} AS activity WHERE ${inNetwork(engine, "source", network)} AND ${within(range, resolution, "activity.time")} ` +
      `GROUP BY activity.time, sensor, transport, port, technique ` +
      `ORDER BY activity.time DESC, sensor, transport, port, technique LIMIT ${MOST_ACTIVITY_ROWS}`,
  );
  return rows
    .map(({ time, sensor, transport, port, technique, packets, targets }) => ({
      time,
      sensor,
      transport,
      port,
      technique: ACTIVITY_TECHNIQUES[technique] ?? "other",
      packets,
      targets,
    }))
    .sort((a, b) => a.time - b.time);
}

export async function activityOverTime(
  engine: Engine,
  network: string,
  range: TimeRange,
  resolution: Resolution,
): Promise<readonly ActivityPoint[]> {
  const rows = await engine.rows<ActivityPoint>(
    `SELECT toUnixTimestamp(time) AS at, at AS time, sum(packets) AS packets, sum(targets) AS targets, ` +
      `uniqCombined(${SKETCH_PRECISION})(port, transport) AS ports, uniqExact(sensor) AS sensors FROM ${rollup("activity", resolution)} AS activity ` +
      `WHERE ${inNetwork(engine, "source", network)} AND ${within(range, resolution, "activity.time")} GROUP BY activity.time ORDER BY activity.time`,
  );
  return rows.map(({ time, packets, targets, ports, sensors }) => ({ time, packets, targets, ports, sensors }));
}

export async function activityByPort(engine: Engine, network: string, range: TimeRange, limit: number): Promise<readonly PortActivity[]> {
  const resolution = resolutionFor(range);
  const rows = await engine.rows<Omit<PortActivity, "technique"> & { readonly technique: number }>(
    `SELECT transport, port, technique, sum(activity.packets) AS packets, sum(activity.targets) AS targets, ` +
      `toUnixTimestamp(min(time)) AS firstSeen, toUnixTimestamp(max(time)) AS lastSeen FROM ${rollup("activity", resolution)} AS activity ` +
      `WHERE ${inNetwork(engine, "source", network)} AND ${within(range, resolution)} GROUP BY transport, port, technique ` +
      `ORDER BY packets DESC, transport, port, technique LIMIT ${limit}`,
  );
  return rows.map((row) => ({ ...row, technique: ACTIVITY_TECHNIQUES[row.technique] ?? "other" }));
}

export async function topNetworks(engine: Engine, range: TimeRange, limit: number): Promise<readonly NetworkTotal[]> {
  const resolution = resolutionFor(range);
  const table = rollup("networks", resolution);
  const condition = `${within(range, resolution)} AND networks.network != toIPv6('::')`;
  const heavy = await heaviest(engine, "networks", range, resolution, limit);
  // Sketches are merged of those that are told alone
  const among = heavy === null ? condition : `${condition} AND networks.network IN (${heavy})`;
  const top = await most(engine, "network", `${table} AS networks`, among, limit);
  if (top === null) return [];
  const merged = (name: string): string => `uniqCombinedMerge(${SKETCH_PRECISION})(${name}) AS ${name}`;
  const rows = await engine.rows<NetworkTotal>(
    `SELECT toString(networks.network) AS network, max(asn) AS asn, sum(packets) AS packets, ${merged("sources")}, ${merged("ports")}, sum(targets) AS targets, ` +
      `toUnixTimestamp(min(time)) AS firstSeen, toUnixTimestamp(max(time)) AS lastSeen FROM ${table} AS networks ` +
      `WHERE ${condition} AND networks.network IN (${top}) GROUP BY networks.network ORDER BY packets DESC, network LIMIT ${limit}`,
  );
  return rows.map((row) => {
    const address = plainAddress(row.network);
    return { ...row, network: `${address}/${address.includes(":") ? 48 : 24}` };
  });
}

export async function labels(engine: Engine, network: string): Promise<readonly AddressRecord[]> {
  const rows = await engine.rows<AddressRecord>(
    `SELECT toString(address) AS text, text AS address, kind, list, body FROM ${DATABASE}.labels AS labels FINAL ` +
      `WHERE ${inNetwork(engine, "labels.address", network)} ORDER BY labels.address, kind, list`,
  );
  return rows.map(({ address, kind, list, body }) => ({ address: plainAddress(address), kind, list, body }));
}

/** An address as the IPv6 column holds it. @throws StoreError where the text is none. */
export function sqlAddress(engine: Engine, text: string): string {
  const [first] = rangeOf(engine, text);
  return first;
}

function inNetwork(engine: Engine, column: string, network: string): string {
  const [first, last] = rangeOf(engine, network);
  return `${column} BETWEEN ${first} AND ${last}`;
}

function rangeOf(engine: Engine, text: string): readonly [first: string, last: string] {
  const network = parseNetwork(text);
  if (network === null) throw new StoreError("E_STORE_FAILED", engine.place, `no address or network: ${text}`);
  const first = formatNetwork({ ...network, bits: network.family === 4 ? 32 : 128 });
  const host = (index: number): number => {
    const bits = Math.max(0, Math.min(32, (network.family === 4 ? network.bits + 96 : network.bits) - 32 * index));
    const word = network.words[index as 0 | 1 | 2 | 3];
    return bits === 0 ? 0xffff_ffff : (word | (bits === 32 ? 0 : 0xffff_ffff >>> bits)) >>> 0;
  };
  const last = network.family === 4 ? formatIPv4(host(3)) : formatIPv6(host(0), host(1), host(2), host(3));
  const prefix = network.family === 4 ? MAPPED : "";
  return [`toIPv6(${sqlText(prefix + first)})`, `toIPv6(${sqlText(prefix + last)})`];
}

/** Without the prefix of IPv4 in IPv6. */
function plainAddress(text: string): string {
  return text.startsWith(MAPPED) && text.includes(".") ? text.slice(MAPPED.length) : text;
}
