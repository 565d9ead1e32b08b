/** The target map: which parts of the IPv4 address space the scans touched, on a Hilbert curve zoomed to what they share. */
import { formatIPv4, parseNetwork } from "../../model/address.ts";
import type { Report } from "../../model/report.ts";
import { count, counted, share } from "../quantity.ts";
import { cellOf, enclosingBlock, prefixOf, type Block } from "./hilbert.ts";
import { html, type Html } from "./markup.ts";
import { drawing, figure, HEAT_CLASSES, heatClass, heatLegend, scrollTable } from "./plot.ts";

/** Side of the drawing. */
const SIDE = 512;
/** The finest cell is a /24; at most 2 ** 6 cells a side. */
const MOST_ORDER = 6;
const FINEST_BITS = 24;
/** Labelled squares: 2 ** 2 a side. */
const LABEL_ORDER = 2;
const TABLE_ROWS = 12;
/** Outlines of home networks; side of the smallest. */
const MOST_OUTLINES = 64;
const SMALLEST_OUTLINE = 6;
const NAMED_NETWORKS = 4;

/** Null where no IPv4 target is known. */
export function addressMapFigure(report: Report): Html | null {
  const { networks } = report.targets;
  if (networks.length === 0) return null;
  const block = enclosingBlock(networks.map(([network]) => network));
  const order = Math.min(MOST_ORDER, (FINEST_BITS - block.bits) / 2);
  const cellBits = block.bits + 2 * order;
  const cells = new Map<number, number>();
  for (const [network, contacts] of networks) {
    const prefix = prefixOf(network, cellBits);
    cells.set(prefix, (cells.get(prefix) ?? 0) + Math.max(0, contacts));
  }
  const most = [...cells.values()].reduce((a, b) => Math.max(a, b), 1);
  const name = `${formatIPv4(block.network)}/${block.bits}`;
  const description = `${counted(networks.length, "network")} of /24 within ${name}; a cell is a /${cellBits}.`;
  const home = homeOutlines(block, cellBits, report.home.networks);
  return figure({
    id: "map",
    title: "Target map",
    caption: `${description} A Hilbert curve: addresses that are close in number are close on the map. Colour is scan contacts.${homeWords(report, home.outside)}${ipv6Words(report)}`,
    plots: [
      drawing("map", "both", [SIDE, SIDE], "Targets in the IPv4 address space", description, [
        html`<rect class="h0" width="${SIDE}" height="${SIDE}" />`,
        cellPaths(block, order, cells, most),
        labels(block, networks),
        home.outlines,
      ]),
    ],
    legend: heatLegend(most, `contacts per /${cellBits}`),
    table: tableOf(report),
    beside: true,
  });
}

/** What cannot be drawn on a map of IPv4; empty where nothing is missing. */
export function ipv6Words(report: Report): string {
  const scans = report.scans.filter(({ targets }) => targets.some((target) => target.includes(":"))).length;
  if (scans === 0) return "";
  return ` ${counted(scans, "scan")} of those listed went to IPv6 targets, which are not on the map.`;
}

function homeWords(report: Report, outside: readonly string[]): string {
  const { networks, guessed } = report.home;
  if (networks.length === 0) return " No home networks are known to outline.";
  const beyond = outside.length === 0 ? "" : `; not on it: ${outside.slice(0, NAMED_NETWORKS).join(", ")}`;
  return ` Outlined: the home networks${guessed ? ", as guessed" : ""}${beyond}.`;
}

/** The borders of the home networks on the map, of those smaller than a cell the cell's; `outside` are those that it does not show, IPv6 among them. */
function homeOutlines(block: Block, cellBits: number, networks: readonly string[]): { outlines: Html[]; outside: string[] } {
  const outlines: Html[] = [];
  const outside: string[] = [];
  for (const text of networks) {
    const network = parseNetwork(text);
    const rectangle =
      network === null || network.family === 6 ? null : rectangleOf(block, network.words[3], Math.min(network.bits, cellBits));
    if (rectangle === null) outside.push(text);
    else if (outlines.length < MOST_OUTLINES) outlines.push(outline(rectangle, text));
  }
  return { outlines, outside };
}

/** A network of even length is a square of the curve, one of odd length two squares side by side. */
function rectangleOf(block: Block, network: number, bits: number): { x: number; y: number; width: number; height: number } | null {
  if (bits <= block.bits) return prefixOf(block.network, bits) === network ? { x: 0, y: 0, width: SIDE, height: SIDE } : null;
  if (prefixOf(network, block.bits) !== block.network) return null;
  const whole = prefixOf(network, bits);
  const order = Math.ceil((bits - block.bits) / 2);
  const side = SIDE / 2 ** order;
  const half = block.bits + 2 * order;
  const squares = (half === bits ? [whole] : [whole, (whole + 2 ** (32 - half)) >>> 0]).map((part) => cellOf(block, part, order));
  const left = Math.min(...squares.map(({ x }) => x));
  const top = Math.min(...squares.map(({ y }) => y));
  const right = Math.max(...squares.map(({ x }) => x)) + 1;
  const bottom = Math.max(...squares.map(({ y }) => y)) + 1;
  return { x: left * side, y: top * side, width: (right - left) * side, height: (bottom - top) * side };
}

/** Drawn inside its border, and never smaller than can be seen. */
function outline(rectangle: { x: number; y: number; width: number; height: number }, name: string): Html {
  const width = Math.max(SMALLEST_OUTLINE, rectangle.width - 2);
  const height = Math.max(SMALLEST_OUTLINE, rectangle.height - 2);
  const x = Math.min(SIDE - width - 1, rectangle.x + 1);
  const y = Math.min(SIDE - height - 1, rectangle.y + 1);
  return html`<rect class="home" x="${x}" y="${y}" width="${width}" height="${height}"><title>Home: ${name}</title></rect>`;
}

function cellPaths(block: Block, order: number, cells: ReadonlyMap<number, number>, most: number): Html[] {
  const side = SIDE / 2 ** order;
  const inset = side > 6 ? 0.75 : 0.25;
  const paths = new Array<string>(HEAT_CLASSES + 1).fill("");
  for (const [network, contacts] of cells) {
    const { x, y } = cellOf(block, network, order);
    const heat = heatClass(contacts, most);
    const edge = side - 2 * inset;
    paths[heat] = `${paths[heat] ?? ""}M${x * side + inset} ${y * side + inset}h${edge}v${edge}h-${edge}z`;
  }
  return paths.flatMap((path, heat) => (path === "" || heat === 0 ? [] : [html`<path class="h${heat}" d="${path}" />`]));
}

/** Sixteen squares with their networks, those that were touched in full ink. */
function labels(block: Block, networks: readonly (readonly [number, number])[]): Html[] {
  const bits = block.bits + 2 * LABEL_ORDER;
  const side = SIDE / 2 ** LABEL_ORDER;
  const touched = new Set(networks.map(([network]) => prefixOf(network, bits)));
  return Array.from({ length: 4 ** LABEL_ORDER }, (_, index) => {
    const network = (block.network + index * 2 ** (32 - bits)) >>> 0;
    const { x, y } = cellOf(block, network, LABEL_ORDER);
    const ink = touched.has(network) ? "label" : "label quiet";
    return html`<rect class="frame" x="${x * side}" y="${y * side}" width="${side}" height="${side}" /><text
        class="${ink} halo"
        x="${x * side + 7}"
        y="${y * side + 17}"
        >${formatIPv4(network)}/${bits}</text
      >`;
  });
}

function tableOf(report: Report): Html {
  const { networks } = report.targets;
  const whole = networks.reduce((all, [, contacts]) => all + contacts, 0);
  const rows = networks
    .slice(0, TABLE_ROWS)
    .map(([network, contacts]) => [`${formatIPv4(network)}/24`, count(contacts), share(contacts, whole)]);
  const table = scrollTable(
    "Targets by network",
    [{ text: "Network" }, { text: "Contacts", number: true }, { text: "Share", number: true }],
    rows,
  );
  const more = networks.length - rows.length;
  return more > 0
    ? html`${table}
        <p class="note">… and ${count(more)} more networks.</p>`
    : table;
}
