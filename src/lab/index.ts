/** Lab: events with known truth as captures, for the demo, the tests and the benchmarks. */
export { encodeCapture, writeCapture, type CaptureOptions, type TimedPacket } from "./capture-writer.ts";
export { EVENTS, makeEvent, mix } from "./catalogue.ts";
export { DEFAULT_START, type EventOptions, type LabEvent, type MadeEvent } from "./event.ts";
export { november2013Capture } from "./events/november-2013.ts";
export { Random } from "./random.ts";
export { Site } from "./site.ts";
export type { BackscatterTruth, ScanTruth, Truth } from "./truth.ts";
