import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { UsageError } from "../../model/errors.ts";
import { InterfaceSource } from "./interface.ts";
import { JournalSource } from "./journal.ts";
import { KafkaSource } from "./kafka.ts";
import { LIVE_SOURCE_FORMS, parseLiveSource } from "./parse.ts";
import { SyslogServer } from "./syslog-server.ts";
import { TailSource } from "./tail.ts";
import { UdpSource } from "./udp.ts";

const OPTIONS = { stateFolder: null, fromStart: false, follow: false };

describe("what users write", () => {
  test.for([
    ["udp://:2055", UdpSource, "datagram"],
    ["udp://[::1]:2055", UdpSource, "datagram"],
    ["udp://127.0.0.1:0/", UdpSource, "datagram"],
    ["syslog+udp://", UdpSource, "datagram"],
    ["syslog+tcp://192.0.2.1:1514", SyslogServer, "datagram"],
    ["syslog+tls://:6514?cert=/a.pem&key=/a.key&ca=/c+a.pem", SyslogServer, "datagram"],
    ["tail:/var/log/kern.log", TailSource, "stream"],
    ["journald:", JournalSource, "stream"],
    ["journald:_TRANSPORT=kernel + SYSLOG_IDENTIFIER=filterlog", JournalSource, "stream"],
    ["journald:/var/log/journal/remote _HOSTNAME=fw", JournalSource, "stream"],
    ["interface:eth0.100", InterfaceSource, "stream"],
    ["kafka://one,two:9093,[::1]:9092/flows?group=g&from=start", KafkaSource, "datagram"],
    ["kafka://one/flows?user=u&password-file=/p&mechanism=scram-sha-256&tls=yes", KafkaSource, "datagram"],
  ] as const)("%s", ([text, kind, chunks]) => {
    const source = parseLiveSource(text, OPTIONS);
    expect(source).toBeInstanceOf(kind);
    expect([source?.name, source?.kind]).toEqual([text, chunks]);
  });

  test("paths are none, unless they are to be followed", () => {
    for (const text of ["capture.pcap", "/var/log/kern.log", "-", "C:\\capture.pcap", "a:b", "http:x", ""]) {
      expect(parseLiveSource(text, OPTIONS)).toBeNull();
    }
    expect(parseLiveSource("/var/log/kern.log", { ...OPTIONS, follow: true })).toBeInstanceOf(TailSource);
    expect(parseLiveSource("-", { ...OPTIONS, follow: true })).toBeNull();
  });

  test.for([
    ["udp://127.0.0.1", "udp://127.0.0.1: needs a port, as in udp://:2055"],
    ["udp:2055", "udp:2055: is written with //, as in udp://127.0.0.1:2055"],
    ["udp://::1:2055", "udp://::1:2055: '::1:2055' is not an address and port; IPv6 addresses stand in brackets: [::1]:2055"],
    ["udp://:70000", "udp://:70000: 70000 is not a port"],
    ["udp://collector:2055", "udp://collector:2055: 'collector' is not an address; sources listen on addresses, not on names"],
    ["udp://:2055?x=1", "udp://:2055?x=1: takes an address and a port, nothing else"],
    ["syslog+tls://:6514", "syslog+tls://:6514: needs a certificate and its key: syslog+tls://:6514?cert=server.pem&key=server.key"],
    ["syslog+tls://:6514?crt=a", "syslog+tls://:6514?crt=a: no parameter 'crt' here; there are cert, key, ca"],
    ["tail:", "tail:: needs a path, as in tail:/var/log/kern.log"],
    ["journald:--file=/etc/shadow", "journald:--file=/etc/shadow: '--file=/etc/shadow' is not a match; journald:_TRANSPORT=kernel is one"],
    ["interface:", "interface:: '' is not the name of an interface"],
    ["interface:-w", "interface:-w: '-w' is not the name of an interface"],
    ["kafka://host:9092", "kafka://host:9092: needs a topic: kafka://host:9092/flows"],
    ["kafka://host:9092/a/b", "kafka://host:9092/a/b: is written kafka://BROKER[,BROKER…]/TOPIC"],
    ["kafka:///flows", "kafka:///flows: ':9092' is not a broker's host and port"],
    ["kafka://h/flows?from=noon", "kafka://h/flows?from=noon: from=noon: is start or now"],
    ["kafka://h/flows?tls=true", "kafka://h/flows?tls=true: tls=true: is yes or no"],
    ["kafka://h/flows?tls=no&ca=/ca", "kafka://h/flows?tls=no&ca=/ca: ca is of TLS, and tls=no"],
    [
      "syslog://:514",
      "syslog://:514: there are no sources of that kind; there are udp://, syslog+udp://, syslog+tcp://, syslog+tls:// and kafka://",
    ],
    ["kafka://h/flows?user=u", "kafka://h/flows?user=u: user and password-file go together"],
  ] as const)("%s is refused in words", ([text, message]) => {
    expect(() => parseLiveSource(text, OPTIONS)).toThrow(new UsageError(message));
  });

  test("any text gives a source, null or a UsageError", () => {
    const form = fc.constantFrom(...LIVE_SOURCE_FORMS.map(({ form }) => form.split(/[[A-Z]/)[0] ?? ""), "");
    fc.assert(
      fc.property(form, fc.string(), (scheme, rest) => {
        try {
          parseLiveSource(scheme + rest, OPTIONS);
        } catch (error) {
          expect(error).toBeInstanceOf(UsageError);
        }
      }),
    );
  });
});
