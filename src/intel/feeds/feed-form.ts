/** How a feed is written: by its content, or in a form that is read. */
import { READABLE_FORMS } from "../reputation/recognise.ts";

export const FEED_FORMS = ["auto", ...READABLE_FORMS] as const;
export type FeedForm = (typeof FEED_FORMS)[number];
