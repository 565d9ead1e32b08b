/** Observing: from batches of observations to {@link Activity}. */
export { DEFAULT_LIMITS, Observer } from "./observer.ts";
export type { ObserverLimits } from "./observer.ts";
