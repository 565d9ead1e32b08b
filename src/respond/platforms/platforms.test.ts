/** What a platform's documents or its own parser say beside its syntax, one fact a test; docs/block.md tells where each was read. */
import { describe, expect, test } from "vitest";
import type { BlockRequest } from "../../model/block.ts";
import { EVERYTHING, ONLY_IPV4, PORT_ZERO, SOURCES } from "../request.fixture.ts";
import { PLATFORMS } from "./index.ts";

function rulesOf(name: string, request: BlockRequest): { readonly apply: readonly string[]; readonly notes: string } {
  const { apply, notes } = PLATFORMS.find((platform) => platform.name === name)!.rules(request, null);
  return { apply, notes: notes.join("\n") };
}

function many(count: number, address: (index: number) => string): BlockRequest {
  return { ...SOURCES, sources: Array.from({ length: count }, (_, index) => address(index)) };
}

describe("FortiOS", () => {
  test("denies what virtual IPs translate, too, and asks for that after the action", () => {
    const policies = rulesOf("fortios", EVERYTHING).apply.join("\n").split("    edit 9").slice(1);
    expect(policies.length).toBe(2);
    for (const policy of policies) expect(policy).toMatch(/set action deny\n +set match-vip enable\n/);
  });
  test("does not ask for it of IPv6 alone", () => {
    expect(rulesOf("fortios", { ...ONLY_IPV4, families: [6] }).apply.join("\n")).not.toContain("match-vip");
  });
  test("takes names of 35 and 31 characters, and numbers up to 2,147,482,999", () => {
    const { apply } = rulesOf("fortios", { ...EVERYTHING, incident: "20131102T0100Z-tcp-source-0" });
    for (const line of apply) {
      expect(/set name "(.*)"/.exec(line)?.[1]?.length ?? 0).toBeLessThanOrEqual(35);
      expect(/set schedule "(.*)"/.exec(line)?.[1]?.length ?? 0).toBeLessThanOrEqual(31);
      expect(Number(/^ {4}edit (\d+)$/.exec(line)?.[1] ?? 0)).toBeLessThanOrEqual(2_147_482_999);
    }
  });
});

describe("Suricata", () => {
  test("reads rules of 8,191 characters, which long IPv6 networks fill before 200 of them", () => {
    const address = (index: number): string => `2a02:4780:ffff:ffff:ffff:ffff:ffff:${(0x1000 + index).toString(16)}`;
    const { apply } = rulesOf("suricata", { ...many(1000, address), incident: "a".repeat(48) });
    for (const rule of apply) expect(rule.length).toBeLessThan(8191);
    expect(apply.join("").match(/2a02:/g)?.length).toBe(1000);
    expect(apply.length).toBeLessThan(8);
  });
});

describe("AWS", () => {
  test("counts entries of IPv4 and IPv6 apart, its own one of each included", () => {
    const mixed = many(36, (index) => (index % 2 === 0 ? `93.174.93.${index}` : `2a02:4780:2::${index}`));
    expect(rulesOf("aws-network-acl", mixed).notes).not.toContain("more than an ACL takes");
    expect(
      rulesOf(
        "aws-network-acl",
        many(19, (index) => `93.174.93.${index}`),
      ).notes,
    ).not.toContain("more than an ACL takes");
    expect(
      rulesOf(
        "aws-network-acl",
        many(20, (index) => `93.174.93.${index}`),
      ).notes,
    ).toContain("20 entries of one version of IP");
  });
});

test("an ASA says itself that a port is zero, and is asked about where ports are blocked", () => {
  expect(rulesOf("cisco-asa", PORT_ZERO).notes).toContain("500004");
  expect(rulesOf("cisco-asa", SOURCES).notes).not.toContain("500004");
});
