/**
 * FortiOS (6.4 and later, where one policy holds IPv4 and IPv6). Port ranges of a service are "destination:source" and start at 0, as in the
 * services "webproxy" and "NONE" (`tcp-portrange 0`) that come with it (Fortinet, "config firewall service custom"). What a virtual IP translates passes a deny policy
 * for all destinations unless match-vip is set (Fortinet, "DENY Policy for Virtual IP Firewall Policy"); 7.2.4 and later set it by themselves.
 */
import { parseNetwork, formatIPv4 } from "../../model/address.ts";
import type { BlockRequest } from "../../model/block.ts";
import { expiryOf, hash, matchName, nameOf, type Platform, remarkOf, sourcesOf } from "../platform.ts";

/** Policies of ours are numbered from here, far from those that people number. */
const FIRST_POLICY = 900_000_000;
const EVERYWHERE = 'set dstaddr "all"';

export const FORTIOS: Platform = {
  name: "fortios",
  title: "FortiOS",
  remark: "# ",
  says: "nearest",
  portZero: "a service with `tcp-portrange 0-65535:0`; whether a release matches zero by it is not documented",
  fragments: "put together before policies are looked at",
  expiry: "a one-time schedule, by the device's clock",
  into: null,
  rules: (request) => {
    const name = nameOf(request);
    const until = expiryOf(request);
    const first = FIRST_POLICY + (hash(name) % 10_000_000) * 2;
    const services = request.portZero.map((match) => `${name}-${matchName(match)}`);
    const four = sourcesOf(request, 4).map((source, index) => ({ source, object: `${name}-4-${index + 1}` }));
    const six = sourcesOf(request, 6).map((source, index) => ({ source, object: `${name}-6-${index + 1}` }));
    const hasSources = four.length + six.length > 0;
    const schedule = until === null ? "always" : name;
    const quoted = (names: readonly string[]): string => names.map((one) => `"${one}"`).join(" ");
    const policy = (id: number, title: string, lines: readonly string[]): string[] => [
      `    edit ${id}`,
      `        set name "${title}"`,
      '        set srcintf "any"',
      '        set dstintf "any"',
      ...lines.map((line) => `        ${line}`),
      "        set action deny",
      // After the action: only a policy that denies has it. It is of IPv4 alone.
      ...(lines.includes(EVERYWHERE) ? ["        set match-vip enable"] : []),
      `        set schedule "${schedule}"`,
      `        set comments "${remarkOf(request)}"`,
      "    next",
    ];
    return {
      apply: [
        ...(until === null
          ? []
          : block("firewall schedule onetime", [
              `    edit "${name}"`,
              `        set start ${minute(request.madeAt)}`,
              `        set end ${minute(until)}`,
              "    next",
            ])),
        ...block("firewall service custom", serviceLines(request, name)),
        ...block(
          "firewall address",
          four.flatMap(({ source, object }) => [`    edit "${object}"`, `        set subnet ${masked(source)}`, "    next"]),
        ),
        ...block(
          "firewall address6",
          six.flatMap(({ source, object }) => [`    edit "${object}"`, `        set ip6 ${source}`, "    next"]),
        ),
        ...block("firewall addrgrp", group(`${name}-4`, quoted(four.map(({ object }) => object)))),
        ...block("firewall addrgrp6", group(`${name}-6`, quoted(six.map(({ object }) => object)))),
        ...block("firewall policy", [
          ...(services.length === 0
            ? []
            : policy(first, `${name}-zero`, [
                ...(request.families.includes(4) ? ['set srcaddr "all"', EVERYWHERE] : []),
                ...(request.families.includes(6) ? ['set srcaddr6 "all"', 'set dstaddr6 "all"'] : []),
                `set service ${quoted(services)}`,
              ])),
          ...(hasSources
            ? policy(first + 1, `${name}-src`, [
                ...(four.length > 0 ? [`set srcaddr "${name}-4"`, EVERYWHERE] : []),
                ...(six.length > 0 ? [`set srcaddr6 "${name}-6"`, 'set dstaddr6 "all"'] : []),
                'set service "ALL"',
              ])
            : []),
        ]),
      ],
      remove: [
        ...block("firewall policy", [
          ...(services.length === 0 ? [] : [`    delete ${first}`]),
          ...(hasSources ? [`    delete ${first + 1}`] : []),
        ]),
        ...block("firewall addrgrp", four.length === 0 ? [] : [`    delete "${name}-4"`]),
        ...block("firewall addrgrp6", six.length === 0 ? [] : [`    delete "${name}-6"`]),
        ...block(
          "firewall address",
          four.map(({ object }) => `    delete "${object}"`),
        ),
        ...block(
          "firewall address6",
          six.map(({ object }) => `    delete "${object}"`),
        ),
        ...block(
          "firewall service custom",
          services.map((service) => `    delete "${service}"`),
        ),
        ...block("firewall schedule onetime", until === null ? [] : [`    delete "${name}"`]),
      ],
      notes: [
        `A new policy is the last: move it up, in config firewall policy, with move ${services.length === 0 ? first + 1 : first} before YOUR-FIRST.`,
        "Policies are for what goes through the device. For what is sent to it, put the same addresses and services into config firewall local-in-policy, and those of IPv6 into local-in-policy6.",
        ...(services.length === 0
          ? []
          : [
              "FortiOS takes 0 as a port, but its documentation does not say that a policy matches packets with port zero by it (its own service NONE has tcp-portrange 0), nor that 0 as a source is not read as any. Add set status disable to this policy at first, and see with diagnose firewall iprope lookup whom it would match.",
            ]),
        ...(until === null ? [] : ["The schedule is in UTC; the device must keep UTC, or the hours be changed."]),
      ],
    };
  },
};

/** A configuration block; nothing where it would be empty. */
function block(place: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`config ${place}`, ...lines, "end"];
}

function serviceLines(request: BlockRequest, name: string): string[] {
  return request.portZero.flatMap((match) => [
    `    edit "${name}-${matchName(match)}"`,
    `        set ${match.transport}-portrange ${match.end === "source" ? "0-65535:0" : "0:0-65535"}`,
    "    next",
  ]);
}

function group(name: string, members: string): string[] {
  return members === "" ? [] : [`    edit "${name}"`, `        set member ${members}`, "    next"];
}

function masked(source: string): string {
  const network = parseNetwork(source);
  if (network === null) return source;
  return `${formatIPv4(network.words[3])} ${formatIPv4(network.bits === 0 ? 0 : (-1 << (32 - network.bits)) >>> 0)}`;
}

/** "16:00 2026/12/01", in UTC. */
function minute(seconds: number): string {
  const text = new Date(seconds * 1000).toISOString();
  return `${text.slice(11, 16)} ${text.slice(0, 10).replaceAll("-", "/")}`;
}
