/** `--home`: the networks that the user defends. */
import { parseNetwork } from "../model/address.ts";
import { UsageError } from "../model/errors.ts";

/**
 * `--home` takes all words that follow it, so `--home 10.0.0.0/8 capture.pcap` would swallow the capture: what does not look like a
 * network is an input. Values may be joined with commas.
 */
export function splitHome(values: readonly string[]): { home: readonly string[]; others: readonly string[] } {
  const home: string[] = [];
  const others: string[] = [];
  for (const value of values) {
    const parts = value.split(",").filter((part) => part !== "");
    if (parts.length > 0 && parts.every((part) => parseNetwork(part) !== null)) home.push(...parts);
    else if (/^[\d.]+(?:\/\d*)?$|^[\da-f]*:[\da-f:.]*(?:\/\d*)?$/i.test(value) && value !== "." && value !== "..") {
      throw new UsageError(`--home takes networks such as 192.0.2.0/24, not '${value}'`);
    } else others.push(value);
  }
  if (values.length > 0 && home.length === 0) throw new UsageError(`--home takes networks such as 192.0.2.0/24, not '${values[0] ?? ""}'`);
  return { home, others };
}
