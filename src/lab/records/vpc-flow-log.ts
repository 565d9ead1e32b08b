/**
 * AWS VPC Flow Logs of a capture, default format (version 2: no TCP flags), in aggregation intervals of a minute. The security group lets
 * in what a host of the site answers, and drops the rest before a host sees it, so no refusal comes back. Source: Amazon VPC user guide.
 */
import { containsIPv4, formatIPv4, type Network } from "../../model/address.ts";
import { PROTOCOL_ICMP, PROTOCOL_TCP, TCP_RST } from "../../model/protocol.ts";
import type { CapturedPacket } from "./captured-packet.ts";
import { type Connection, connectionsOf, flowsOf, isForward } from "./flows.ts";

const INTERVAL = 60;
/** How long a security group remembers a connection, seconds: 350 for idle TCP since 2020, less for UDP; one value does here. */
const REMEMBERED = 350;

/** The log, with the header that tells its fields. @param packets in order of time @param home networks whose interfaces keep it */
export function vpcFlowLog(packets: readonly CapturedPacket[], home: readonly Network[]): string {
  const isHome = (address: number): boolean => home.some((network) => containsIPv4(network, address));
  const lines: string[] = [];
  const connections = connectionsOf(packets, { isOver, joinsErrors: false });
  const accepted: CapturedPacket[] = [];
  const rejected: CapturedPacket[] = [];
  for (const connection of connections) {
    if (isHome(connection[0].source) || isAnswered(connection)) accepted.push(...connection);
    else rejected.push(...connection.filter((packet) => isForward(connection, packet)));
  }
  for (const [kept, action] of [
    [accepted, "ACCEPT"],
    [rejected, "REJECT"],
  ] as const) {
    for (const those of byMinute(kept).values()) {
      for (const { opening, packets: count, bytes, last } of flowsOf(those, { idle: INTERVAL, active: INTERVAL })) {
        const own = formatIPv4(isHome(opening.destination) ? opening.destination : opening.source);
        const ports = [Math.max(0, opening.sourcePort), Math.max(0, opening.destinationPort)];
        lines.push(
          `2 123456789010 eni-${own.replaceAll(".", "")} ${formatIPv4(opening.source)} ${formatIPv4(opening.destination)} ${ports.join(" ")} ${opening.protocol} ${count} ${bytes} ${Math.floor(opening.time)} ${Math.ceil(last)} ${action} OK`,
        );
      }
    }
  }
  return `version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status\n${lines.join("\n")}\n`;
}

function isOver(connection: Connection, packet: CapturedPacket): boolean {
  return packet.time - (connection.at(-1)?.time ?? 0) > REMEMBERED;
}

/** Whether the other side let the first packet in: it sent something back that is no refusal. */
function isAnswered(connection: Connection): boolean {
  return connection.some(
    (packet) =>
      !isForward(connection, packet) &&
      (packet.protocol === PROTOCOL_TCP ? (packet.tcpFlags & TCP_RST) === 0 : packet.protocol !== PROTOCOL_ICMP || packet.about === null),
  );
}

function byMinute(packets: readonly CapturedPacket[]): Map<number, CapturedPacket[]> {
  // ICMP's kinds are not told: a record sums up all of them.
  const plain = packets.map((packet) => ({ ...packet, icmp: -1 }));
  return Map.groupBy(
    plain.toSorted((a, b) => a.time - b.time),
    ({ time }) => Math.floor(time / INTERVAL),
  );
}
