/** Debian's Chromium for tests of pages, kept from talking to anybody. */
export const CHROMIUM = "/usr/bin/chromium";
export const QUIET = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
