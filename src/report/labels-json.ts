/** What is known of an address, for programs. */
import type { z } from "zod";
import type { AddressLabels } from "../model/label.ts";
import type { labelShapes } from "./label-shapes.ts";
import { reputationJson } from "./reputation-json.ts";

type LabelsJson = { [Label in keyof typeof labelShapes]: z.infer<(typeof labelShapes)[Label]> };

export function labelsJson(labels: AddressLabels | undefined): LabelsJson {
  return {
    network: copy(labels?.network),
    acknowledged: copy(labels?.acknowledged),
    reserved: copy(labels?.reserved),
    name: copy(labels?.name),
    reputation: reputationJson(labels?.reputation),
  };
}

/** A value of its own; null where there is none. */
export function copy<Label extends object>(label: Label | null | undefined): { [Field in keyof Label]: Label[Field] } | null {
  return label === undefined || label === null ? null : { ...label };
}
