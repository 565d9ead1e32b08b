import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FLAGS_UNKNOWN } from "../../model/observation.ts";
import { Collector, netflow9, optionsTemplate9, PLAIN, PROBE, record, SENT, set, template, unsigned } from "./datagrams.fixture.ts";
import { MOST_TEMPLATES, rememberTemplates, TemplateCache, templateCacheOf } from "./template-cache.ts";
import { loadTemplates, saveTemplates } from "./template-file.ts";

const DATA = set(256, record(PLAIN, PROBE));
const SAMPLER = [
  [48, 1],
  [50, 4],
] as const;

/** A run's memory in which an exporter has announced a template and a sampler. */
function announced(): Map<string, unknown> {
  const memory = new Map<string, unknown>();
  new Collector(memory).receive(
    netflow9(
      { domain: 4 },
      set(0, template(256, PLAIN)),
      set(1, optionsTemplate9(300, [[1, 4]], SAMPLER)),
      set(300, unsigned(0, 4), record(SAMPLER, [1, 100])),
    ),
  );
  return memory;
}

describe("across a restart", () => {
  test("templates and samplers go through JSON and serve again", () => {
    const saved: unknown = JSON.parse(JSON.stringify(saveTemplates(templateCacheOf(announced()))));
    const { cache, refused } = loadTemplates(saved);
    expect(refused).toBe(0);
    expect(saveTemplates(cache)).toEqual(saved);
    const memory = new Map<string, unknown>();
    rememberTemplates(memory, cache);
    const rows = new Collector(memory).receive(netflow9({ domain: 4 }, DATA));
    expect(rows).toMatchObject([{ sourcePort: 0, destinationPort: 445, packets: 100 }]);
  });

  test("an exporter that has told TCP flags is known to: its zeros are a NULL scan's", () => {
    const nullProbe = set(256, record(PLAIN, PROBE.with(5, 0)));
    const flagsAfter = (...sets: readonly Uint8Array[]): number | undefined => {
      const memory = announced();
      new Collector(memory).receive(netflow9({ domain: 4 }, ...sets));
      const later = new Map<string, unknown>();
      rememberTemplates(later, loadTemplates(JSON.parse(JSON.stringify(saveTemplates(templateCacheOf(memory))))).cache);
      return new Collector(later).receive(netflow9({ domain: 4 }, nullProbe))[0]?.tcpFlags;
    };
    expect(flagsAfter(DATA)).toBe(0);
    expect(flagsAfter(nullProbe)).toBe(FLAGS_UNKNOWN);
  });

  test("a saved template ages like any other", () => {
    const { cache } = loadTemplates(saveTemplates(templateCacheOf(announced())));
    const memory = new Map<string, unknown>();
    rememberTemplates(memory, cache);
    expect(new Collector(memory).receive(netflow9({ domain: 4 }, DATA), undefined, SENT + 100_000)).toEqual([]);
  });

  test("what is not a saved cache is refused in parts, and nothing throws", () => {
    const good = saveTemplates(templateCacheOf(announced()));
    const [domain] = good.domains;
    if (domain === undefined) throw new Error("nothing was saved");
    const [first] = domain.templates;
    for (const bad of [null, 7, "text", [], {}, { version: 2, domains: [] }, { version: 1, domains: "none" }]) {
      expect(loadTemplates(bad)).toMatchObject({ refused: 1, cache: { size: 0 } });
    }
    const templates = [
      first,
      { ...first, announced: "zz" },
      { ...first, announced: "0100ffff" },
      { ...first, announced: `${first?.announced}00` },
      { ...first, announced: "01000000" },
      { ...first, heard: Number.NaN },
      { ...first, options: true },
      null,
    ];
    const mixed = {
      version: 1,
      domains: [{ ...domain, templates, samplers: [[1, 5], [2, -1], "x"] }, { ...domain, protocol: 5 }, 9, { ...domain, domain: 1.5 }],
    };
    expect(loadTemplates(mixed)).toMatchObject({ refused: 7 + 2 + 3, cache: { size: 1 } });
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(loadTemplates({ version: 1, domains: [value] }).cache.size).toBe(0);
      }),
    );
  });
});

describe("bounds", () => {
  test("templates of one exporter, the oldest going first", () => {
    const memory = new Map<string, unknown>();
    const collector = new Collector(memory);
    for (let id = 256; id < 256 + MOST_TEMPLATES + 50; id++) collector.receive(netflow9({}, set(0, template(id, PLAIN))));
    const cache = templateCacheOf(memory);
    expect(cache).toMatchObject({ size: MOST_TEMPLATES, evicted: 50 });
    expect(collector.receive(netflow9({}, set(305, record(PLAIN, PROBE))))).toEqual([]);
    expect(collector.receive(netflow9({}, set(306, record(PLAIN, PROBE))))).toHaveLength(1);
  });

  test("exporters, domains and templates of all, whoever forges addresses", () => {
    const cache = new TemplateCache();
    for (let i = 0; i < 9000; i++) cache.domain(`exporter ${i}`, 9, i, i);
    expect(cache.exporters.size).toBe(4096);
    expect(cache.exporters.has("exporter 8999")).toBe(true);
    for (let i = 0; i < 1000; i++) cache.domain("one", 9, i, i);
    expect(cache.exporters.get("one")?.domains.size).toBe(256);
    for (let e = 0; e < 200; e++) for (let d = 0; d < 200; d++) cache.domain(`many ${e}`, 9, d, d);
    let domains = 0;
    for (const exporter of cache.exporters.values()) domains += exporter.domains.size;
    expect(domains).toBeLessThanOrEqual(16_384);
  });

  test("an exporter that goes on is kept while forged ones come and go", () => {
    const memory = announced();
    const cache = templateCacheOf(memory);
    for (let i = 0; i < 9000; i++) {
      cache.domain(`forged ${i}`, 9, 0, i);
      if (i % 1000 === 0) cache.domain("192.0.2.254", 9, 4, i);
    }
    expect(new Collector(memory).receive(netflow9({ domain: 4 }, DATA))).toHaveLength(1);
  });
});
