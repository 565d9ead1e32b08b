/** Lab: events with known truth as captures, for the demo, the tests and the benchmarks. */
export { encodeCapture, writeCapture } from "./capture-writer.ts";
export { EVENTS, makeEvent, mix } from "./catalogue.ts";
export { november2013Capture } from "./events/november-2013.ts";
export { netflow5Datagrams, type FlowPacket } from "./netflow5.ts";
export { capturedPackets } from "./records/captured-packet.ts";
export { makeScenario, type Scenario, type Surroundings } from "./scenarios/scenario.ts";
export type { ScanTruth, Truth } from "./truth.ts";
