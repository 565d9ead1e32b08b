/** Who is asking: the options for users' own databases, and for asking DNS. */
import { isIP } from "node:net";
import type { Command } from "commander";
import { UsageError } from "../model/errors.ts";

export interface WhoFlags {
  readonly mmdb?: readonly string[];
  readonly resolve?: true;
  readonly resolver?: readonly string[];
}

export function addWhoOptions(command: Command): Command {
  return command
    .option(
      "--mmdb <file>",
      "a MaxMind DB of your own (GeoLite2, GeoIP2, IPinfo, DB-IP) that is asked first for networks and countries; repeatable",
      several,
    )
    .option(
      "--resolve",
      "ask DNS for the names of at most 256 sources, and whether they lead back; nothing else makes assess ask the network",
    )
    .option("--resolver <address>", "the resolver to ask, as in 192.0.2.53 or [2001:db8::53]:5353; implies --resolve; repeatable", several);
}

function several(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}

/** The resolvers to ask, the system's where empty; null where DNS is not to be asked. Throws UsageError. */
export function resolversOf({ resolve, resolver }: WhoFlags): readonly string[] | null {
  if (resolver === undefined) return resolve === true ? [] : null;
  for (const address of resolver) {
    const [, host = address, port = "53"] =
      /^(?:\[?([0-9a-f:.]+?)\]?)(?::(\d{1,5}))?$/i.exec(isIP(address) === 6 ? `[${address}]` : address) ?? [];
    if (isIP(host) === 0 || Number(port) < 1 || Number(port) > 65_535) {
      throw new UsageError(`--resolver takes the address of a resolver, with :PORT where it is not 53, not '${address}'`);
    }
  }
  return resolver;
}
