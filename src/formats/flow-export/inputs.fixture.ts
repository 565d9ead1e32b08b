/** Bare datagram files of each version, and of all mixed. */
import type { FormatInput } from "../conformance.fixture.ts";
import {
  address6,
  ipfix,
  join,
  netflow5,
  netflow9,
  optionsTemplate9,
  PLAIN,
  PROBE,
  record,
  set,
  template,
  unsigned,
} from "./datagrams.fixture.ts";
import { FLOW_EXPORT } from "./flow-export.ts";

const FIVE = join(
  netflow5({ sequence: 100, sampling: 0x4064 }, [
    { sourcePort: 0 },
    { protocol: 17, destinationPort: 0, octets: 1200, packets: 3 },
    { protocol: 1, sourcePort: 0, destinationPort: 0x0303 },
    { packets: 12, octets: 9000, flags: 0x1b, tos: 0x20 },
  ]),
  netflow5({ sequence: 104 }, [{ flags: 0x14 }]),
);

const SAMPLER_FIELDS = [
  [48, 1],
  [50, 4],
] as const;
const NINE = join(
  netflow9(
    { sequence: 7, domain: 3 },
    set(0, template(256, [...PLAIN, [48, 1]]), template(257, [[27, 16], [28, 16], ...PLAIN.slice(2)])),
    set(1, optionsTemplate9(258, [[1, 4]], SAMPLER_FIELDS), unsigned(0, 2)),
    set(258, unsigned(0, 4), record(SAMPLER_FIELDS, [2, 64])),
    set(256, record([...PLAIN, [48, 1]], [...PROBE, 2]), record([...PLAIN, [48, 1]], [...PROBE, 9])),
  ),
  netflow9(
    { sequence: 8, domain: 3 },
    set(
      257,
      record([[27, 16], [28, 16], ...PLAIN.slice(2)], [address6(0x20010db8, 0, 0, 1), address6(0x20010db8, 0, 0, 2), ...PROBE.slice(2)]),
      unsigned(0, 2),
    ),
  ),
);

const VARIABLE = [...PLAIN.slice(0, 8), [152, 8], [96, -1], [40, 2, 5951], [2, 4, 29305], [1, 4, 29305]] as const;
const NAME = new TextEncoder().encode("https");
const TEN = join(
  ipfix({ domain: 1 }, set(2, template(300, VARIABLE))),
  ipfix(
    { domain: 1 },
    set(
      300,
      record(VARIABLE, [...PROBE.slice(0, 8), 1_383_353_990_250, NAME, 7, 3, 200]),
      record(VARIABLE, [...PROBE.slice(0, 8), 1_383_353_991_000, new Uint8Array(0), 7, 0, 0]),
      unsigned(0, 3),
    ),
  ),
);

export const INPUTS: readonly FormatInput[] = [
  { name: "flow-export, NetFlow v5", format: FLOW_EXPORT, bytes: FIVE },
  { name: "flow-export, NetFlow v9", format: FLOW_EXPORT, bytes: NINE },
  { name: "flow-export, IPFIX", format: FLOW_EXPORT, bytes: TEN },
  {
    name: "flow-export, versions mixed, padded with zeros",
    format: FLOW_EXPORT,
    bytes: join(NINE, new Uint8Array(40), TEN, FIVE, NINE, FIVE),
  },
];
