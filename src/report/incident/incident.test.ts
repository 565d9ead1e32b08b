import { expect, test } from "vitest";
import { z } from "zod";
import { incidentJson, renderIncidentsJson } from "./incident-json.ts";
import { INCIDENTS_SCHEMA } from "./incident-schema.ts";
import { renderIncident, renderIncidentList } from "./incident-text.ts";
import { judgedNovember2013, november2013 } from "./incident.fixture.ts";

test("a list of incidents, and none", () => {
  expect(renderIncidentList([november2013()])).toMatchInlineSnapshot(`
    "id                           phase         peak  expected  sources    sensors  with it
    20131102T0100Z-tcp-source-0  closed, seen   101        19      101  97 of 100  tcp/destination/445
    "
  `);
  expect(renderIncidentList([])).toBe("No incidents.\n");
});

test("one incident, whole", () => {
  expect(renderIncident(november2013(), null)).toMatchInlineSnapshot(`
    "INCIDENT  20131102T0100Z-tcp-source-0
      tcp/source/0 rose to 101 where 19 were to be expected, 5.3 times as many: highest of all 412 days
      seen (since 2012-09-16).
      It is closed, and ana has seen it. 2013-11-02 01:00:00 – 05:00:00 UTC (4 h).
      At its peak: 101 sources in 12 networks and 3 autonomous systems, towards 4,100 targets; 97 of 100
      sensors saw it.

    SERIES  2 series
      · tcp/source/0: surge from 2013-11-02 01:00:00 to 2013-11-02 04:00:00, peak 101 at 2013-11-02
        02:00:00, expected 19 (p 1e-12), highest of all 412 days seen (since 2012-09-16)
      · tcp/destination/445: surge from 2013-11-02 01:00:00 to 2013-11-02 04:00:00, peak 90 at
        2013-11-02 02:00:00, expected 30 (p 1e-7)

    TIMELINE  3 entries
      2013-11-02 01:00:00 opened: tcp/source/0: 60 where 19 were expected
      2013-11-02 01:30:00 acknowledged by ana
      2013-11-02 05:00:00 closed
    "
  `);
});

test("one that was judged: what it means, what to do, who sent it; and its severity in the list", () => {
  const text = renderIncident(judgedNovember2013(), null);
  expect(text.slice(text.indexOf("JUDGEMENT"), text.indexOf("TIMELINE"))).toMatchInlineSnapshot(`
    "JUDGEMENT  critical: act at once, tell others, confidence moderate; from what the store holds
      Almost certainly reconnaissance for an attack on TCP/445: 101 sources sent 32,063 TCP packets from
      port 0.

    WHAT TO DO
      1. Drop TCP and UDP packets from or to port zero at the border, whole packets only. No honest
         stack sends it.
         precursor block --port-zero --incident 20131102T0100Z-tcp-source-0 --for nftables
      2. Look for the same in older records. Whether others see it decides what it means.

    SOURCES  those that sent most, 1 of them
      · 93.174.93.175: 4,031 packets to 830 targets, 97 sensors; AS29073 Ecatel, NL; marks of masscan,
        may be forged; on 1 list, 1 independent against it: CINS Army (attacker, 2013-11-01).

    "
  `);
  expect(renderIncidentList([judgedNovember2013(), november2013()])).toMatchInlineSnapshot(`
    "id                           phase         peak  expected  sources    sensors  severity  with it
    20131102T0100Z-tcp-source-0  closed, seen   101        19      101  97 of 100  critical  tcp/destin…
    20131102T0100Z-tcp-source-0  closed, seen   101        19      101  97 of 100            tcp/destin…
    "
  `);
});

test("JSON is what the schema says, and what is told of time is in UTC", () => {
  const schema = z.fromJSONSchema(INCIDENTS_SCHEMA);
  expect(() => schema.parse(JSON.parse(renderIncidentsJson([november2013(), judgedNovember2013()])))).not.toThrow();
  expect(incidentJson(judgedNovember2013()).judgement).toMatchObject({
    until: "2013-11-02T04:00:00.000Z",
    reading: "vulnerability-search",
    sources: [{ address: "93.174.93.175", network: { asn: 29073 }, reputation: { independent: 1 } }],
  });
  expect(incidentJson(november2013()).openedAt).toBe("2013-11-02T01:00:00.000Z");
});

test("what came from people reaches no terminal as an escape sequence", () => {
  const [entry] = november2013().timeline;
  const hostile = { ...november2013(), timeline: [{ ...entry!, kind: "note" as const, text: "\u001b[2J", by: "\u001b]0;x" }] };
  expect(renderIncident(hostile, null)).not.toContain("\u001b");
  expect(renderIncidentsJson([hostile])).not.toContain("\u001b");
});
