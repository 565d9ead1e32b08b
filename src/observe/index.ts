/** Observing: from batches of observations to {@link Activity}. */
export { DEFAULT_LIMITS, Observer } from "./observer.ts";
