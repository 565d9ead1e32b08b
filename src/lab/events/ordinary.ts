/** Ordinary traffic: all that must raise no scan and no finding about port zero. */
import type { LabEvent } from "../event.ts";
import { ORDINARY_CLIENTS } from "./ordinary-clients.ts";
import { ORDINARY_LAN } from "./ordinary-lan.ts";
import { ORDINARY_SERVERS } from "./ordinary-servers.ts";

export const ORDINARY_EVENTS: readonly LabEvent[] = [...ORDINARY_CLIENTS, ...ORDINARY_SERVERS, ...ORDINARY_LAN];
