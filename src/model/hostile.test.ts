import { describe, expect, test } from "vitest";
import { hostileSources } from "./hostile.ts";

describe("a report's sources", () => {
  const scan = { kind: "horizontal", contacts: 500, answered: 0, spoofable: false, acknowledged: null, isDisputed: false };
  const options = { leastContacts: 50, includeSpoofable: false, includeAcknowledged: false };
  const scans = [
    { ...scan, source: "a" },
    { ...scan, source: "b", answered: 3 },
    { ...scan, source: "forged", spoofable: true },
    { ...scan, source: "shodan", acknowledged: "Shodan" },
    { ...scan, source: "small", contacts: 49 },
    { ...scan, source: "many", kind: "distributed" },
    { ...scan, source: "victim" },
  ];
  test("are those that cannot be forged, first those that were answered", () => {
    const { sources, leftOut } = hostileSources(scans, new Set(["victim"]), options);
    expect(sources).toEqual(["b", "a"]);
    expect(leftOut.map(({ network: text }) => text).toSorted()).toEqual(["forged", "many", "shodan", "small", "victim"]);
  });
  test("are more where that is asked for, and never a victim", () => {
    const { sources } = hostileSources(scans, new Set(["victim"]), { leastContacts: 1, includeSpoofable: true, includeAcknowledged: true });
    expect(sources).toEqual(["b", "a", "forged", "shodan", "small"]);
  });
});
