/**
 * Cisco ASA (9.0 and later, where `any` is IPv4 and IPv6). Entries go on top of the interface's own list, for a list of ours would
 * replace it. ASA puts fragments together before its lists ("fragment" in the command reference), and itself reports a TCP or UDP port of
 * zero as invalid (Cisco, "Cisco ASA Series Syslog Messages", 500004).
 */
import { formatIPv4 } from "../../model/address.ts";
import type { BlockRequest } from "../../model/block.ts";
import { expiryOf, nameOf, networksOf, type Platform, sourcesOf } from "../platform.ts";
import { timeRange } from "./cisco-ios.ts";

/** What ASDM calls the list of the interface "outside". */
const USUAL_LIST = "outside_access_in";

export const CISCO_ASA: Platform = {
  name: "cisco-asa",
  title: "Cisco ASA",
  remark: "! ",
  says: "port-zero",
  portZero: "`deny tcp any eq 0 any`",
  fragments: "put together before lists are looked at",
  expiry: "`time-range`, by the device's clock",
  into: "the access list of the outer interface",
  rules: (request, into) => {
    const list = into ?? USUAL_LIST;
    const name = nameOf(request);
    const until = expiryOf(request);
    const group = `${name}-sources`;
    const entries = entriesOf(request, group).map((entry) => `extended deny ${entry}${until === null ? "" : ` time-range ${name}`}`);
    // Without the moment, so that the removal fits whenever it is printed.
    const remark = `remark ${["precursor", request.incident].filter((part) => part !== null).join(" ")}`;
    const members = membersOf(request);
    return {
      apply: [
        ...timeRange(name, until),
        ...(members.length === 0 ? [] : [`object-group network ${group}`, ...members]),
        ...[remark, ...entries].map((entry, index) => `access-list ${list} line ${index + 1} ${entry}`),
      ],
      remove: [
        ...[...entries, remark].map((entry) => `no access-list ${list} ${entry}`),
        ...(members.length === 0 ? [] : [`no object-group network ${group}`]),
        ...(until === null ? [] : [`no time-range ${name}`]),
      ],
      notes: [
        `The list is ${list}${into === null ? ", as ASDM calls it; --into NAME for another" : ""}. It must be bound to the outer interface already: a list that is bound anew closes all that it does not permit.`,
        ...(request.portZero.length === 0
          ? []
          : [
              "ASA itself reports a TCP or UDP port of zero as an invalid transport field, in message 500004: look for it in its log, too.",
            ]),
        "A list on an interface is for what goes through the device, not for what is sent to it: there, bind it with control-plane.",
        ...(until === null ? [] : ["The time range is in UTC; the device must keep UTC, or the hour be changed."]),
      ],
    };
  },
};

function entriesOf(request: BlockRequest, group: string): string[] {
  const { families, portZero } = request;
  const anybody = families.length === 2 ? "any" : families[0] === 4 ? "any4" : "any6";
  return [
    ...portZero.map(({ transport, end }) => `${transport} ${anybody} ${end === "source" ? `eq 0 ${anybody}` : `${anybody} eq 0`}`),
    ...(request.sources.length === 0 ? [] : [`ip object-group ${group} any`]),
  ];
}

function membersOf(request: BlockRequest): string[] {
  return [
    ...networksOf(request, 4).map(({ words, bits }) =>
      bits === 32
        ? ` network-object host ${formatIPv4(words[3])}`
        : ` network-object ${formatIPv4(words[3])} ${formatIPv4((-1 << (32 - bits)) >>> 0)}`,
    ),
    ...sourcesOf(request, 6).map((source) => ` network-object ${source}`),
  ];
}
