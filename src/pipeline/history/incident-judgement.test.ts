import { expect, test } from "vitest";
import { IncidentBook, type IncidentChange } from "../../detect/incident/incident-book.ts";
import { StoreError } from "../../model/errors.ts";
import type { Incident } from "../../model/incident.ts";
import { renderIncident } from "../../report/incident/incident-text.ts";
import { incidentJson } from "../../report/incident/incident-json.ts";
import { judgedNovember2013, november2013 } from "../../report/incident/incident.fixture.ts";
import { KeptIntel } from "../kept-intel.ts";
import { assessChanges, incidentAssessor } from "./incident-judgement.ts";
import type { AskedStore } from "./judge-incident.ts";

const opened = (incident: Incident): IncidentChange => ({ change: "opened", isAlert: true, incident });

/** A store of which every question ends as `answer` does. */
function storeThat(answer: () => Promise<never[]>): AskedStore {
  return { topSources: answer, activityOf: answer, sensors: answer, incidents: answer, judged: answer };
}

async function told(store: AskedStore, incident: Incident): Promise<Incident> {
  const kept = new KeptIntel({ folder: null, databases: [] }, () => 0);
  const assessor = incidentAssessor(
    store,
    kept,
    () => [],
    () => null,
  );
  const [change] = await assessChanges([opened(incident)], assessor, new IncidentBook());
  kept.close();
  return change!.incident;
}

test("an incident that is not judged says why, in JSON and in words", async () => {
  const failing = storeThat(async () => Promise.reject(new StoreError("E_STORE_DOWN", "db", "connection refused")));
  const incident = await told(failing, november2013());
  expect(incident.notJudged).toBe("not judged: the store does not answer: connection refused");
  expect(incidentJson(incident)["notJudged"]).toBe(incident.notJudged);
  expect(renderIncident(incident, null)).toContain("JUDGEMENT  none\n  Not judged: the store does not answer: connection refused.");
  const empty = storeThat(async () => Promise.resolve([]));
  expect((await told(empty, november2013())).notJudged).toMatch(/^not judged: the store has no source of tcp\/source\/0/);
});

test("near miss: one that was judged before keeps that, and nothing is said", async () => {
  const incident = await told(
    storeThat(async () => Promise.resolve([])),
    judgedNovember2013(),
  );
  expect(incident.judgement).toBeDefined();
  expect(incident.notJudged).toBeUndefined();
});

test("of many at once the first are judged, and the others wait and say so", async () => {
  const { judgement } = judgedNovember2013();
  const changes = Array.from({ length: 20 }, (_, number) => opened({ ...november2013(), id: `incident ${number}` }));
  const after = await assessChanges(changes, async () => Promise.resolve(judgement!), new IncidentBook());
  expect(after.filter(({ incident }) => incident.judgement !== undefined)).toHaveLength(16);
  for (const { incident } of after.slice(16))
    expect(incident.notJudged).toBe("not judged: 16 others of this interval came first; it is judged with its next change");
});
