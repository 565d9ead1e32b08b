import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { PORT_ZERO_MATCHES, UDP_SOURCE_ZERO, type BlockRequest } from "../model/block.ts";
import { blockDocument, blockJson, type DecidedBlock } from "./document.ts";
import { nameOf } from "./platform.ts";
import { PLATFORMS } from "./platforms/index.ts";
import { EVERYTHING, ONLY_IPV4, PORT_ZERO, REQUESTS } from "./request.fixture.ts";

const decided = (request: BlockRequest): DecidedBlock => ({
  request,
  addresses: 5,
  innocents: 1,
  leftOut: [{ network: "8.8.8.8", reason: "a public resolver (Google)" }],
});

describe.each(PLATFORMS)("$name", (platform) => {
  test("is as reviewed", async () => {
    const text = ["everything", "port zero"]
      .map((name) => blockDocument(decided(REQUESTS.find(([one]) => one === name)![1]), platform, null, false))
      .join("\n");
    await expect(text).toMatchFileSnapshot(`golden/${platform.name}.txt`);
  });
  test("leaves UDP from zero alone unless told, and says why", () => {
    const without = platform.rules(PORT_ZERO, null).apply.join("\n");
    const withIt = platform.rules({ ...PORT_ZERO, portZero: [...PORT_ZERO_MATCHES, UDP_SOURCE_ZERO] }, null).apply.join("\n");
    if (platform.says === "sources-only") expect(without).not.toMatch(/\b(?:tcp|udp)\b/);
    else {
      expect(withIt.length).toBeGreaterThan(without.length);
      expect(blockDocument(decided(PORT_ZERO), platform, null, false)).toContain("RFC 768");
    }
  });
  test("writes IPv6 only where it is asked for", () => {
    if (platform.name === "pan-os" || platform.name === "suricata") {
      expect(platform.rules(ONLY_IPV4, null).notes.join(" ")).toContain("IPv4 and IPv6");
    } else expect(platform.rules(ONLY_IPV4, null).apply.join("\n")).not.toMatch(/ip6|ipv6|inet6|::|any6/i);
  });
  test("prints a removal that does not depend on when it is printed", () => {
    for (const [, request] of REQUESTS) {
      const later = { ...request, madeAt: request.madeAt + 3600 };
      expect(platform.rules(later, null).remove).toEqual(platform.rules(request, null).remove);
      if (platform.name !== "cidr" && request.sources.length > 0) expect(platform.rules(request, null).remove.length).toBeGreaterThan(0);
    }
  });
  test("says who was left out, until when, and for which incident, all in remarks", () => {
    const lines = blockDocument(decided(EVERYTHING), platform, null, false).split("\n");
    const remarks = lines.filter((line) => line.startsWith(platform.remark.trim())).join("\n");
    expect(remarks).toContain("8.8.8.8: a public resolver (Google)");
    expect(remarks).toContain("until 2013-11-09T01:00:00Z");
    expect(remarks).toContain("INC-42");
    expect(JSON.parse(blockJson(decided(EVERYTHING), platform, null))).toMatchObject({ platform: platform.name, incident: "INC-42" });
  });
});

describe("names", () => {
  test("fit into an iptables chain, whatever the incident, and differ where incidents do", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9.:#/_ -]{0,47}$/), (incident) => {
        expect(nameOf({ ...PORT_ZERO, incident })).toMatch(/^precursor(?:-[a-z0-9]+)*$/);
        expect(nameOf({ ...PORT_ZERO, incident }).length).toBeLessThanOrEqual(22);
      }),
    );
    expect(nameOf({ ...PORT_ZERO, incident: "20131102T0100Z-tcp-source-0" })).not.toBe(
      nameOf({ ...PORT_ZERO, incident: "20131103T0100Z-tcp-source-0" }),
    );
  });
});
