/** Whether an input is written as live sources are: a word and a colon, looked at without loading what reads them. */
const LIVE = /^(?:[a-z][a-z+]*:\/\/|(?:udp|syslog\+(?:udp|tcp|tls)|tail|journald|interface|kafka):)/;

export function isWrittenAsLive(input: string): boolean {
  return LIVE.test(input);
}
