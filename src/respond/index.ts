/** What is done against a finding: a block, guarded and aggregated, in the language of a platform. Pure: nothing is applied, nothing is sent. */
export { aggregate, MOST_WEIGHED } from "./aggregate.ts";
export { blockDocument, blockJson, type DecidedBlock, leftOutLines } from "./document.ts";
export { guard, type Protected, Protection } from "./guards.ts";
export { PLATFORMS } from "./platforms/index.ts";
export { nftRules } from "./platforms/nftables.ts";
