/**
 * MikroTik RouterOS, in the raw tables (MikroTik, "RAW"; "Address-lists"), where ports are 0 to 65535. `fragment=no` leaves later fragments
 * alone: the first one does not count as a fragment. That match is of IPv4 alone; for IPv6 a port is looked for behind the fragment header.
 */
import { concerns, nameOf, noExpiryNote, type Platform, portZeroOf, remarkOf, sourcesOf } from "../platform.ts";

export const MIKROTIK: Platform = {
  name: "mikrotik",
  title: "MikroTik RouterOS",
  remark: "# ",
  says: "port-zero",
  portZero: "`protocol=tcp src-port=0`",
  fragments: "IPv4: `fragment=no`, no later ones; IPv6: a port match never matches them",
  expiry: "of sources: `timeout` of the address list",
  into: null,
  rules: (request) => {
    const name = nameOf(request);
    const comment = `comment="${name}: ${remarkOf(request)}"`;
    const timeout = request.seconds === null ? "" : ` timeout=${duration(Math.ceil(request.seconds))}`;
    const families = ([4, 6] as const).filter((family) => concerns(request, family));
    return {
      apply: families.flatMap((family) => {
        const menu = family === 4 ? "/ip" : "/ipv6";
        const sources = sourcesOf(request, family);
        return [
          ...sources.map((source) => `${menu} firewall address-list add list=${name} address=${source}${timeout} ${comment}`),
          ...portZeroOf(request, family).map(
            ({ transport, end }) =>
              `${menu} firewall raw add chain=prerouting action=drop protocol=${transport} ${end === "source" ? "src" : "dst"}-port=0${family === 4 ? " fragment=no" : ""} ${comment}`,
          ),
          ...(sources.length === 0 ? [] : [`${menu} firewall raw add chain=prerouting action=drop src-address-list=${name} ${comment}`]),
        ];
      }),
      remove: families.flatMap((family) => {
        const menu = family === 4 ? "/ip" : "/ipv6";
        return [
          `${menu} firewall raw remove [find comment~"^${name}:"]`,
          ...(sourcesOf(request, family).length === 0 ? [] : [`${menu} firewall address-list remove [find list=${name}]`]),
        ];
      }),
      notes: [
        "New rules are the last of the chain: move them above any raw rule that accepts.",
        ...(request.portZero.length > 0 ? noExpiryNote(request, "RouterOS") : []),
      ],
    };
  },
};

/** "1d2h3m4s", without what is zero. */
function duration(seconds: number): string {
  const parts: readonly (readonly [number, string])[] = [
    [Math.floor(seconds / 86_400), "d"],
    [Math.floor(seconds / 3600) % 24, "h"],
    [Math.floor(seconds / 60) % 60, "m"],
    [seconds % 60, "s"],
  ];
  return parts.flatMap(([count, unit]) => (count === 0 ? [] : [`${count}${unit}`])).join("");
}
