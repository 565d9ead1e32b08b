/**
 * Cisco IOS and IOS XE access lists. "deny ... eq 0" matches whole packets and first fragments only; later ones go on to the next entry
 * (Cisco, "Access Control Lists and IP Fragments", document 8014). Time ranges end entries by themselves, by the device's clock.
 */
import { formatIPv4 } from "../../model/address.ts";
import type { BlockRequest } from "../../model/block.ts";
import { concerns, expiryOf, nameOf, networksOf, type Platform, portZeroOf, remarkOf, sourcesOf } from "../platform.ts";

const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

export const CISCO_IOS: Platform = {
  name: "cisco-ios",
  title: "Cisco IOS, IOS XE",
  remark: "! ",
  says: "port-zero",
  portZero: "`deny tcp any eq 0 any`",
  fragments: "an entry with a port matches whole packets and first fragments only",
  expiry: "`time-range`, by the device's clock",
  into: null,
  rules: (request) => {
    const name = nameOf(request);
    const until = expiryOf(request);
    const families = ([4, 6] as const).filter((family) => concerns(request, family));
    return {
      apply: [...timeRange(name, until), ...families.flatMap((family) => accessList(request, family, name, until))],
      remove: [
        ...families.map((family) => (family === 4 ? `no ip access-list extended ${name}-4` : `no ipv6 access-list ${name}-6`)),
        ...(until === null ? [] : [`no time-range ${name}`]),
      ],
      notes: [
        "For an interface without a list: ip access-group " +
          `${name}-4 in, ipv6 traffic-filter ${name}-6 in. Take that off before the list.`,
        "An interface takes one list a direction. Where it has one, put these entries above its own, without the last permit: it would open what that list closes.",
        ...(until === null ? [] : ["The time range is in UTC; the device must keep UTC, or the hour be changed."]),
      ],
    };
  },
};

/** Days and hours as Cisco writes them; in UTC. Shared with ASA. */
export function timeRange(name: string, until: number | null): string[] {
  if (until === null) return [];
  const date = new Date(until * 1000);
  const two = (value: number): string => String(value).padStart(2, "0");
  const time = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}`;
  return [
    `time-range ${name}`,
    ` absolute end ${time} ${two(date.getUTCDate())} ${MONTHS[date.getUTCMonth()] ?? ""} ${date.getUTCFullYear()}`,
  ];
}

function accessList(request: BlockRequest, family: 4 | 6, name: string, until: number | null): string[] {
  const time = until === null ? "" : ` time-range ${name}`;
  const sources =
    family === 4
      ? networksOf(request, 4).map(({ words, bits }) =>
          bits === 32 ? `host ${formatIPv4(words[3])}` : `${formatIPv4(words[3])} ${formatIPv4(hostMask(bits))}`,
        )
      : sourcesOf(request, 6);
  return [
    family === 4 ? `ip access-list extended ${name}-4` : `ipv6 access-list ${name}-6`,
    ` remark ${remarkOf(request)}`,
    ...portZeroOf(request, family).map(
      ({ transport, end }) => ` deny ${transport} any ${end === "source" ? "eq 0 any" : "any eq 0"}${time}`,
    ),
    ...sources.map((source) => ` deny ${family === 4 ? "ip" : "ipv6"} ${source} any${time}`),
    family === 4 ? " permit ip any any" : " permit ipv6 any any",
  ];
}

/** The bits of the host: Cisco's wildcard. */
function hostMask(bits: number): number {
  return bits === 0 ? 0xffffffff : (2 ** (32 - bits) - 1) >>> 0;
}
