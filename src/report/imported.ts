/** What an import did, in words and for programs: `precursor.import/1`. */
import { z } from "zod";
import type { ImportedInput } from "../model/imported.ts";
import { escapeJson } from "./escape.ts";
import type { RenderOptions } from "./options.ts";
import { count, counted, isoTime, octets, timeSpan } from "./quantity.ts";
import { count as whole, time } from "./schema-shapes.ts";
import { Screen } from "./text/screen.ts";

const maybeTime = time.nullable();
const counts = {
  observations: whole,
  added: z.int().describe("observations that history has more than before"),
  firstSeen: maybeTime,
  lastSeen: maybeTime,
  intervals: whole.describe("of five minutes in which the sensor was alive"),
  knownIntervals: whole.describe("of these, those that history had of the sensor before"),
  knownBytes: whole.describe("octets at its beginning that history had from an earlier state of the file: not counted in anything here"),
  shared: whole.describe("observations that inputs before it had too: not counted in anything here"),
  parts: whole,
  seriesRows: whole,
  activityRows: whole,
  folded: whole.describe("sources without a row of activity of their own"),
  own: whole.describe("packets that the defended networks sent"),
  elsewhere: whole.describe("packets neither from nor to them"),
  unconfirmedPortZero: whole.describe("packets whose record says port zero and cannot prove it"),
  timeless: whole.describe("observations without a time that history can have"),
  implausibleTimes: whole.describe("observations of a clock that is years off, put among their neighbours"),
};
const importShape = z.looseObject({
  schema: z.literal("precursor.import/1"),
  store: z.string(),
  sensor: z.string(),
  ...counts,
  inputs: z.array(z.looseObject({ name: z.string(), ...counts })),
  twins: z.array(z.string()).describe("files with the content of one before them"),
  unreadable: z.array(z.string()),
  passedOver: z.array(z.string()),
  seconds: z.number(),
});

/** JSON Schema, draft 2020-12. */
export const IMPORT_SCHEMA: Readonly<Record<string, unknown>> = {
  $id: "urn:precursor:import:1",
  title: "precursor.import/1",
  ...z.toJSONSchema(importShape, { target: "draft-2020-12" }),
};

export interface ImportReport {
  readonly store: string;
  readonly sensor: string;
  readonly inputs: readonly ImportedInput[];
  readonly twins: readonly string[];
  /** A line each. */
  readonly unreadable: readonly string[];
  readonly passedOver: readonly string[];
  readonly seconds: number;
}

export function renderImportJson(report: ImportReport): string {
  const { inputs, twins, unreadable, passedOver, ...rest } = report;
  const { name: _, ...total } = told(totalOf(inputs));
  const value: z.infer<typeof importShape> = {
    schema: "precursor.import/1",
    ...rest,
    ...total,
    inputs: inputs.map(told),
    twins: [...twins],
    unreadable: [...unreadable],
    passedOver: [...passedOver],
  };
  return `${escapeJson(JSON.stringify(value, null, 2))}\n`;
}

function told({ firstSeen, lastSeen, ...rest }: ImportedInput): Omit<ImportedInput, "firstSeen" | "lastSeen"> & {
  firstSeen: string | null;
  lastSeen: string | null;
} {
  return { ...rest, firstSeen: firstSeen === null ? null : isoTime(firstSeen), lastSeen: lastSeen === null ? null : isoTime(lastSeen) };
}

export function renderImportText({ store, sensor, inputs, twins, seconds }: ImportReport, options: RenderOptions = {}): string {
  const screen = new Screen(options);
  const total = totalOf(inputs);
  const { observations, added, firstSeen, lastSeen } = total;
  const rate = seconds > 0 ? `, ${count(observations / seconds)} a second` : "";
  screen.line([
    {
      text: `${counted(observations, "observation")} of ${counted(inputs.length, "input")} in ${seconds.toFixed(1)} s${rate}.`,
      style: "bold",
    },
  ]);
  screen.paragraph(`Read into ${store} as sensor ${sensor}.`, { indent: 0 });
  if (firstSeen !== null && lastSeen !== null) screen.line([{ text: timeSpan(firstSeen, lastSeen) }]);
  screen.line([
    {
      text: `${counted(total.intervals, "interval")}, ${counted(total.seriesRows, "row")} of series, ${count(total.activityRows)} of activity, in ${counted(total.parts, "part")}.`,
    },
  ]);
  for (const text of remarks(total, added, twins.length)) screen.paragraph(text, { indent: 0 });
  return screen.toString();
}

/** What the user should know, a sentence each. */
function remarks(total: ImportedInput, added: number, twins: number): string[] {
  const {
    observations,
    intervals,
    knownIntervals,
    knownBytes,
    shared,
    own,
    elsewhere,
    unconfirmedPortZero,
    folded,
    timeless,
    implausibleTimes,
  } = total;
  const lines: string[] = [];
  if (added <= 0 && observations > 0) lines.push("History had all of it: nothing was added.");
  else if (added < observations) lines.push(`History had ${count(observations - added)} of the observations; the others were added.`);
  else if (knownIntervals > 0) {
    lines.push(
      `History had ${count(knownIntervals)} of the ${counted(intervals, "interval")} of this sensor before: where files overlap, packets are counted twice, sources and targets are not.`,
    );
  }
  if (knownBytes > 0)
    lines.push(
      `${octets(knownBytes)} at the beginning of files that have grown: history had them, and only what came behind was read into it.`,
    );
  if (shared > 0) lines.push(`${counted(shared, "observation")} that several files have in common: counted once.`);
  if (twins > 0) lines.push(`${counted(twins, "file")} with the content of another: not read.`);
  if (own > 0) lines.push(`${counted(own, "packet")} sent by your own networks: in no series.`);
  if (elsewhere > 0) lines.push(`${counted(elsewhere, "packet")} neither from nor to them: in no series. Does --home name all of them?`);
  if (unconfirmedPortZero > 0)
    lines.push(`${counted(unconfirmedPortZero, "packet")} of port zero that no header proves: in no series of port zero.`);
  if (folded > 0)
    lines.push(`${counted(folded, "source")} beyond what activity keeps of an interval: in series, but without a row of their own.`);
  if (timeless > 0) lines.push(`${counted(timeless, "observation")} without a time that history can have: left out.`);
  if (implausibleTimes > 0)
    lines.push(`${counted(implausibleTimes, "observation")} of a clock that is years off: put among their neighbours.`);
  return lines;
}

function totalOf(inputs: readonly ImportedInput[]): ImportedInput {
  const sum = (key: Exclude<keyof ImportedInput, "name" | "firstSeen" | "lastSeen">): number =>
    inputs.reduce((total, input) => total + input[key], 0);
  const times = inputs.flatMap(({ firstSeen, lastSeen }) =>
    firstSeen === null || lastSeen === null ? [] : [[firstSeen, lastSeen] as const],
  );
  return {
    name: "",
    observations: sum("observations"),
    added: sum("added"),
    firstSeen: times.length === 0 ? null : Math.min(...times.map(([first]) => first)),
    lastSeen: times.length === 0 ? null : Math.max(...times.map(([, last]) => last)),
    intervals: sum("intervals"),
    knownIntervals: sum("knownIntervals"),
    knownBytes: sum("knownBytes"),
    shared: sum("shared"),
    parts: sum("parts"),
    seriesRows: sum("seriesRows"),
    activityRows: sum("activityRows"),
    folded: sum("folded"),
    own: sum("own"),
    elsewhere: sum("elsewhere"),
    unconfirmedPortZero: sum("unconfirmedPortZero"),
    timeless: sum("timeless"),
    implausibleTimes: sum("implausibleTimes"),
  };
}
