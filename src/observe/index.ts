/** Observing: from batches of observations to {@link Activity}. */
export { Observer } from "./observer.ts";
