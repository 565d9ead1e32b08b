/** Addresses that sources listen on, as users write them: `127.0.0.1:2055`, `[::1]:2055`, `:2055` for every address of the machine. */
import { formatIPv4, parseIPv4, parseIPv6 } from "../../model/address.ts";
import { InputError, UsageError } from "../../model/errors.ts";
import { systemReason } from "../file.ts";

/** Where to listen. */
export interface Endpoint {
  /** An IPv4 or IPv6 address, or null for all of both families. */
  readonly address: string | null;
  /** 0 takes any free port. */
  readonly port: number;
}

const ENDPOINT = /^(?:\[(?<six>[^\]]*)\]|(?<four>[^:[\]]*))(?::(?<port>\d{1,5}))?$/;

/**
 * Reads `[address][:port]`.
 * @param whole what the user wrote, for the error
 * @param defaultPort null where the port must be given
 * @throws UsageError
 */
export function parseEndpoint(text: string, whole: string, defaultPort: number | null): Endpoint {
  const groups = ENDPOINT.exec(text)?.groups;
  if (groups === undefined) {
    const hint = (text.match(/:/g) ?? []).length > 1 ? "; IPv6 addresses stand in brackets: [::1]:2055" : "";
    throw new UsageError(`${whole}: '${text}' is not an address and port${hint}`);
  }
  const { six, four, port: digits } = groups;
  const port = digits === undefined ? defaultPort : Number(digits);
  if (port === null) throw new UsageError(`${whole}: needs a port, as in ${whole.split("://")[0]}://:2055`);
  if (port > 65_535) throw new UsageError(`${whole}: ${port} is not a port`);
  const address = six ?? four ?? "";
  if (six === undefined ? address !== "" && parseIPv4(address) === null : parseIPv6(address) === null) {
    throw new UsageError(`${whole}: '${address}' is not an address; sources listen on addresses, not on names`);
  }
  return { address: address === "" ? null : address, port };
}

/** `192.0.2.1:2055` or `[2001:db8::1]:2055`. */
export function formatEndpoint(address: string, port: number): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}

/** The address of a peer, an IPv4 one that came through a socket of both families as plain IPv4. */
export function plainAddress(address: string): string {
  if (!address.startsWith("::ffff:")) return address;
  const rest = address.slice(7);
  if (rest.includes(".")) return rest;
  const words = parseIPv6(address);
  return words === null ? address : formatIPv4(words[3]);
}

const REASONS: ReadonlyMap<string, string> = new Map([
  ["EADDRINUSE", "another program listens there already"],
  ["EADDRNOTAVAIL", "this machine has no such address"],
  ["EACCES", "ports below 1024 need the right CAP_NET_BIND_SERVICE (or root)"],
]);

/** The error of a source that could not listen. */
export function listenError(name: string, error: unknown): InputError {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return new InputError("E_INPUT_UNREADABLE", name, REASONS.get(code) ?? systemReason(error), error);
}

/** Whether listening on both families failed because the machine has no IPv6: then IPv4 alone is meant. */
export function lacksIPv6(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "EAFNOSUPPORT" || error.code === "EADDRNOTAVAIL");
}
