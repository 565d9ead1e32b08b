/** An address as it may be shown and logged: without user, password and query, where keys stand. */
export function shownUrl(address: string): string {
  if (!URL.canParse(address)) return "an address that is none";
  const url = new URL(address);
  return `${url.protocol}//${url.host}${url.pathname}`;
}
