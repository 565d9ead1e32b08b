/** Messages as goflow2 writes them, with addresses for documentation. The two in hexadecimal were made by protoc(1) from the numbers of `pb/flow.proto`. */
import type { FormatInput } from "../conformance.fixture.ts";
import { GOFLOW2, GOFLOW2_JSON } from "./goflow2.ts";

/** A sampled SYN from port 0 to 445 behind a VLAN tag, one of 1,000. */
export const SFLOW_SYN = fromHex(
  "080118e807204d3204c00002013a04c6336402484e50015a040a000001a00106b001bd03c801f001d00102d801de9af1d9a203e001df9af1d9a203e80164f001" +
    "80109802b1a8038a05021011f00695dae5ffa3a4aa9913f80695dae5ffa3a4aa9913800795dae5ffa3a4aa9913827d0178897d0700000000000000957d08000000",
);
/** Answers of a name server over IPv6 that a router dropped, by NetFlow v9. */
export const NETFLOW_DNS = fromHex(
  "0803321020010db80000000000000000000000013a1020010db8000000000000000000000002488827500aa00111a80135b001c0b802c0018201f001dd8d02b2" +
    "0606e8fb03e9fb03f00680f0938783a6aa9913f80680c0f6c4a3a4aa9913800780f299d5dfa5aa9913",
);

/** A message of numbers and octets by field number, in the order given. */
export function message(fields: readonly (readonly [number: number, value: number | readonly number[]])[]): Uint8Array {
  return Uint8Array.from(
    fields.flatMap(([number, value]) =>
      typeof value === "number"
        ? [...varint(8 * number), ...varint(value)]
        : [...varint(8 * number + 2), ...varint(value.length), ...value],
    ),
  );
}

/** Messages with their lengths before them. */
export function delimited(...messages: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(messages.flatMap((one) => [...varint(one.length), ...one]));
}

export const JSON_LINES: readonly string[] = [
  '{"type":"SFLOW_5","time_received_ns":1383354000123456789,"sequence_num":77,"sampling_rate":1000,"sampler_address":"10.0.0.1","time_flow_start_ns":1383354000123456789,"time_flow_end_ns":1383354000123456789,"bytes":78,"packets":1,"src_addr":"192.0.2.1","dst_addr":"198.51.100.2","etype":"IPv4","proto":"TCP","src_port":0,"dst_port":445,"in_if":1,"out_if":2,"src_mac":"1a:2b:3c:4d:5e:00","dst_mac":"1a:2b:3c:4d:5e:01","vlan_id":100,"ip_tos":0,"forwarding_status":0,"ip_ttl":240,"ip_flags":0,"tcp_flags":2,"icmp_type":0,"icmp_code":0,"fragment_id":54321,"fragment_offset":0,"mpls_label":[16,17],"layer_stack":["Ethernet","Dot1Q","IPv4","TCP"]}',
  '{"type":"NETFLOW_V9","time_received_ns":1383354060000000000,"sequence_num":0,"sampling_rate":0,"sampler_address":"","time_flow_start_ns":1383354000000000000,"time_flow_end_ns":1383354050500000000,"bytes":5000,"packets":10,"src_addr":"2001:db8::1","dst_addr":"2001:db8::2","etype":"IPv6","proto":"UDP","src_port":53,"dst_port":40000,"src_mac":"00:00:00:00:00:00","forwarding_status":130}',
];

export const INPUTS: readonly FormatInput[] = [
  { name: "goflow2 protobuf", format: GOFLOW2, bytes: delimited(SFLOW_SYN, NETFLOW_DNS, SFLOW_SYN) },
  { name: "goflow2 JSON", format: GOFLOW2_JSON, bytes: new TextEncoder().encode(JSON_LINES.map((line) => `${line}\n`).join("")) },
];

function varint(value: number): number[] {
  const octets: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) octets.push((rest % 128) + 128);
  return [...octets, rest];
}

function fromHex(digits: string): Uint8Array {
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
