/**
 * PAN-OS set commands. A service takes ports from 0 to 65535, as other generators of its rules write them; fragments are put together before
 * rules are looked at (Palo Alto Networks, "How does the Palo Alto Networks Firewall Manage Fragmented Traffic?"). What has an invalid port is dropped before that
 * ("Logical interface packet drop counter explanation"). A schedule ends the rule.
 */
import type { BlockRequest } from "../../model/block.ts";
import { expiryOf, matchName, nameOf, type Platform, remarkOf } from "../platform.ts";

export const PAN_OS: Platform = {
  name: "pan-os",
  title: "PAN-OS",
  remark: "# ",
  says: "port-zero",
  portZero: "a service with `source-port 0`, or with `port 0`",
  fragments: "put together before rules are looked at",
  expiry: "a schedule of the rule, by the device's clock",
  into: null,
  rules: (request) => {
    const name = nameOf(request);
    const until = expiryOf(request);
    const services = request.portZero.map((match) => ({ match, service: `${name}-${matchName(match)}` }));
    const addresses = request.sources.map((source, index) => ({ source, object: `${name}-${index + 1}` }));
    return {
      apply: [
        ...(until === null ? [] : [`set schedule ${name} schedule-type non-recurring [ ${minute(request.madeAt)}-${minute(until)} ]`]),
        ...services.map(
          ({ match: { transport, end }, service }) =>
            `set service ${service} protocol ${transport} ${end === "source" ? "source-port 0 port 0-65535" : "port 0"}`,
        ),
        ...addresses.map(({ source, object }) => `set address ${object} ip-netmask ${source}`),
        ...(addresses.length === 0
          ? []
          : [`set address-group ${name}-sources static [ ${addresses.map(({ object }) => object).join(" ")} ]`]),
        ...(services.length === 0
          ? []
          : rule(request, `${name}-port-zero`, "any", `[ ${services.map(({ service }) => service).join(" ")} ]`)),
        ...(addresses.length === 0 ? [] : rule(request, `${name}-block`, `${name}-sources`, "any")),
      ],
      remove: [
        ...(services.length === 0 ? [] : [`delete rulebase security rules ${name}-port-zero`]),
        ...(addresses.length === 0 ? [] : [`delete rulebase security rules ${name}-block`, `delete address-group ${name}-sources`]),
        ...addresses.map(({ object }) => `delete address ${object}`),
        ...services.map(({ service }) => `delete service ${service}`),
        ...(until === null ? [] : [`delete schedule ${name}`]),
      ],
      notes: [
        "In configuration mode; commit afterwards. Set the zone in `from` where the device has more than one that faces the Internet.",
        ...(services.length === 0
          ? []
          : [
              "Packets with a TCP or UDP port that it calls invalid are dropped before rules are looked at: show counter global tells of them. The rule is for those that get so far.",
            ]),
        ...(request.families.length === 1 && services.length > 0
          ? ["The rule for port zero is for IPv4 and IPv6: a rule here does not tell them apart."]
          : []),
        ...(until === null ? [] : ["The schedule is in UTC; the device must keep UTC, or the hours be changed."]),
      ],
    };
  },
};

function rule(request: BlockRequest, ruleName: string, source: string, service: string): string[] {
  const place = `rulebase security rules ${ruleName}`;
  return [
    `set ${place} from any to any source ${source} destination any application any service ${service} action drop`,
    `set ${place} description "${remarkOf(request)}"`,
    ...(request.seconds === null ? [] : [`set ${place} schedule ${nameOf(request)}`]),
    `move ${place} top`,
  ];
}

/** "2026/12/01@16:00", in UTC. */
function minute(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 16).replaceAll("-", "/").replace("T", "@");
}
