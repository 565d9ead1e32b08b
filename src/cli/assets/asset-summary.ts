/** What a list of assets holds, for `precursor assets check`: addresses of each sector and role, and which networks lie in others'. */
import { AddressSpace } from "../../detect/focus/address-space.ts";
import type { Asset } from "../../model/asset.ts";
import { containsIPv4, formatNetwork, type Network } from "../../model/address.ts";

/** Overlaps told one by one. */
const MOST_OVERLAPS = 20;

export function assetSummary(assets: readonly Asset[]): string[] {
  const space = new AddressSpace([], assets);
  const lines = [`${counted(assets.length, "asset")}, ${counted(space.size, "IPv4 address", "IPv4 addresses")}`];
  const six = assets.reduce((sum, { networks }) => sum + networks.filter(({ family }) => family === 6).length, 0);
  if (six > 0) lines.push(`${counted(six, "IPv6 network")}: counted as home, but not in tests of whom scans mean`);
  for (const key of ["sector", "role", "exposure"] as const) {
    const sums = new Map<string, number>();
    assets.forEach((asset, index) => {
      const name = asset[key] ?? "not said";
      sums.set(name, (sums.get(name) ?? 0) + space.sizes[index]!);
    });
    lines.push(`${key}:`);
    for (const [name, size] of [...sums].toSorted((a, b) => b[1] - a[1])) lines.push(`  ${name}  ${counted(size, "address", "addresses")}`);
  }
  assets.forEach(({ name, networks }, index) => {
    if (space.sizes[index] === 0 && networks.some(({ family }) => family === 4))
      lines.push(`${name} holds no address of its own: other assets' networks cover all of its`);
  });
  return [...lines, ...overlaps(assets)];
}

/** Networks inside larger ones of other assets: networks nest or are apart, so that in order those that are open hold the next. */
function overlaps(assets: readonly Asset[]): string[] {
  const known = new Set<string>();
  // Of two that name the same network the first has it.
  const isFirst = ({ network }: { readonly network: Network }): boolean => {
    const text = formatNetwork(network);
    return !known.has(text) && known.add(text).size > 0;
  };
  const all = assets
    .flatMap(({ name, networks }) => networks.filter(({ family }) => family === 4).map((network) => ({ name, network })))
    .filter(isFirst)
    .toSorted((a, b) => a.network.words[3] - b.network.words[3] || a.network.bits - b.network.bits);
  const lines: string[] = [];
  const open: typeof all = [];
  let count = 0;
  for (const one of all) {
    while (open.length > 0 && !containsIPv4(open.at(-1)!.network, one.network.words[3])) open.pop();
    const around = open.at(-1);
    open.push(one);
    if (around === undefined || around.name === one.name || around.network.bits === one.network.bits) continue;
    if (count++ < MOST_OVERLAPS)
      lines.push(
        `  ${formatNetwork(one.network)} of ${one.name} lies in ${formatNetwork(around.network)} of ${around.name}: ${one.name} has it`,
      );
  }
  if (count === 0) return [];
  return [`${counted(count, "overlap")}:`, ...lines, ...(count > MOST_OVERLAPS ? [`  … and ${count - MOST_OVERLAPS} more`] : [])];
}

function counted(value: number, one: string, many: string = `${one}s`): string {
  return `${String(value).replaceAll(/\B(?=(?:\d{3})+$)/g, ",")} ${value === 1 ? one : many}`;
}
