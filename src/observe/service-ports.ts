/** Which ports are a service's, as far as a number tells: who asks whom follows from it where a record does not say. */

import { AMPLIFICATION_PORTS } from "../model/amplification.ts";

/** Ports below this belong to services, as do these above it (domain: answers come from a service's port). */
const PRIVILEGED = 1024;
const HIGH_SERVICE_PORTS: ReadonlySet<number> = new Set([
  1194, 1701, 1812, 1813, 1900, 3478, 3702, 4500, 5060, 5351, 5353, 5355, 11211, 27015, 51820,
]);

const DNS = 53;

/** TCP services above that which floods are aimed at: SQL, RDP, VNC, proxies, XMPP, IRC, web servers beside the usual port, Minecraft. */
const HIGH_TCP_SERVICES: ReadonlySet<number> = new Set([
  1080, 1433, 1521, 1723, 2082, 2083, 2086, 2087, 2222, 3128, 3306, 3389, 5222, 5432, 5900, 6379, 6667, 6697, 8000, 8008, 8080, 8081, 8443,
  8888, 9090, 9200, 11_211, 25_565, 27_017,
]);

/** Whether services are at the port. At port zero is none. */
export function isService(port: number): boolean {
  return (port > 0 && port < PRIVILEGED) || HIGH_SERVICE_PORTS.has(port);
}

/** Whether packets between the ports go the way of answers. */
export function looksLikeAnswer(from: number, to: number): boolean {
  return isService(from) && !isService(to);
}

/**
 * Whether UDP between the ports goes the way of amplifiers' answers, whatever port they are aimed at. DNS is left out: resolvers get such
 * answers all day, and only their size tells.
 */
export function looksAmplified(from: number, to: number): boolean {
  return from !== to && from !== DNS && AMPLIFICATION_PORTS.has(from);
}

/** The same of TCP records that tell no flags: between two services' ports it is undecided. */
export function looksLikeTcpAnswer(from: number, to: number): boolean {
  return isTcpService(from) && !isTcpService(to);
}

function isTcpService(port: number): boolean {
  return isService(port) || HIGH_TCP_SERVICES.has(port);
}
