/** The filter language: `compileFilter` for an expression, `keepRows` to apply it and a time window to a batch. */
export { compileFilter } from "./compile.ts";
export { keepRows } from "./keep-rows.ts";
