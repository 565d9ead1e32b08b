/** What another config changes of a running watch: keys that can be had at once, and keys that need a restart. */
import type { WatchOptions } from "./watch-options.ts";

/** The options of each key that a running watch takes over. */
const CHANGEABLE: Readonly<Record<string, (options: WatchOptions) => unknown>> = {
  sources: ({ sources }) => sources.map(({ mapping, ...source }) => [source, mapping, mapping === null ? null : [...mapping.fields]]),
  home: ({ home }) => home,
  targets: ({ targets }) => targets,
  assets: ({ ours }) => ours,
  intel: ({ intel }) => intel,
  detection: ({ judge }) => judge,
  flushSeconds: ({ flushSeconds }) => flushSeconds,
  graceSeconds: ({ graceSeconds }) => graceSeconds,
  spoolMegabytes: ({ spoolBytes }) => spoolBytes,
};

export function changesOf(
  before: WatchOptions,
  after: WatchOptions,
): { readonly changed: readonly string[]; readonly needsRestart: readonly string[] } {
  const differs = (a: unknown, b: unknown): boolean => JSON.stringify(a) !== JSON.stringify(b);
  return {
    changed: Object.entries(CHANGEABLE).flatMap(([key, of]) => (differs(of(before), of(after)) ? [key] : [])),
    needsRestart: Object.keys({ ...before.fixed, ...after.fixed }).filter((key) => differs(before.fixed[key], after.fixed[key])),
  };
}
