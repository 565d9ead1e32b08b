import { describe, expect, test } from "vitest";
import { portLabel, portList, unassignedPorts } from "./port-name.ts";

describe("port names", () => {
  test("stand beside the number", () => {
    expect([portLabel(445, "tcp"), portLabel(53, "udp"), portLabel(3389, "tcp")]).toEqual([
      "445 (microsoft-ds)",
      "53 (domain)",
      "3389 (rdp)",
    ]);
  });

  test("near miss: port zero and unassigned ports have none", () => {
    expect([portLabel(0, "tcp"), portLabel(0, "udp"), portLabel(4, "tcp")]).toEqual(["0", "0", "4"]);
  });

  test("ports of nobody are those without a name in the transport, and the dynamic ones; port zero is reserved", () => {
    const tcp = unassignedPorts("tcp");
    expect([0, 4, 22, 445, 49_151, 49_152, 65_535].map((port) => tcp[port])).toEqual([0, 1, 0, 0, 1, 1, 1]);
    expect(unassignedPorts("udp")[53]).toBe(0);
  });

  test("lists say how many more there are", () => {
    expect(portList([22, 80, 443, 8080], 1000, "tcp")).toBe("22, 80, 443 +997");
    expect(portList([0], 1, "tcp")).toBe("0");
    expect(portList([8], 1, "icmp")).toBe("type 8");
    expect(portList([], 0, "arp")).toBe("–");
  });
});
