/** MISP warninglists (https://github.com/MISP/misp-warninglists): `list` of texts, `type` of what they are, `version` often a date. */
import { parseJson, takeText } from "./json.ts";
import type { ReadingBuilder } from "./reading.ts";
import { dateOfVersion } from "./stated-date.ts";

export function readMispWarninglist(bytes: Uint8Array, builder: ReadingBuilder): void {
  const document = parseJson(bytes, builder);
  if (builder.refused !== null) return;
  const { list, type, version } = (document ?? {}) as { list?: unknown; type?: unknown; version?: unknown };
  if (!Array.isArray(list)) {
    builder.refused = "has no list: it is no MISP warninglist";
    return;
  }
  builder.dataDate = dateOfVersion(version);
  // A list of hostnames, substrings or expressions has no networks, whatever its texts look like
  const isForeign = typeof type === "string" && type !== "cidr" && type !== "string";
  for (const [number, value] of list.entries()) {
    if (typeof value !== "string") builder.fault(number, null, "not a text");
    else if (isForeign) builder.foreign++;
    else takeText(value, builder);
  }
}
