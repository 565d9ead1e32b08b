/** The config as it is in force, for `precursor config show`: defaults filled in, secrets hidden. */
import { stringify } from "yaml";
import type { ConfigFile } from "./config-schema.ts";

const HIDDEN = "***";

/** YAML of the whole config. */
export function showConfig(file: ConfigFile, places: { readonly store: string; readonly state: string; readonly intel: string }): string {
  const { sources, sensor, home, targets, assets, intel, detection, retention, ...rest } = file;
  return stringify(
    {
      sources: sources.map((source) => ({ ...source, uri: withoutSecrets(source.uri) })),
      sensor,
      home,
      targets,
      ...(assets === undefined ? {} : { assets }),
      intel: { enabled: intel.enabled, folder: places.intel, mmdb: intel.mmdb },
      store: withoutSecrets(places.store),
      state: places.state,
      detection,
      retention,
      flushSeconds: rest.flushSeconds,
      graceSeconds: rest.graceSeconds,
      spoolMegabytes: rest.spoolMegabytes,
    },
    { lineWidth: 0 },
  );
}

/** An address without its password, and without parameters that may be one. */
export function withoutSecrets(address: string): string {
  return address
    .replace(/^([a-z][a-z+.-]*:\/\/)([^/?#@]*):([^/?#@]*)@/i, `$1$2:${HIDDEN}@`)
    .replace(/([?&](?:password|token|secret|key_password)=)[^&#]*/gi, `$1${HIDDEN}`);
}
