/** The commented example that `precursor config init` writes. A test holds that it is valid and names every key. */

export const CONFIG_EXAMPLE = `# precursor.yaml: what precursor watch reads, and what it makes of it.
# Check it with: precursor config check precursor.yaml    All keys: docs/config.md
# After a change: systemctl reload precursor, or kill -HUP of the process.
# Editors complete it with: precursor schema config > precursor.schema.json
# yaml-language-server: $schema=precursor.schema.json

# Where traffic comes from (docs/live.md). One is enough.
sources:
  # Flow export: NetFlow, IPFIX, sFlow. Bind to the address that your exporters reach.
  - uri: udp://127.0.0.1:2055
    name: flows
    # sensor: north             # each vantage point is a sensor
  # A firewall's log, through rotation
  # - uri: tail:/var/log/kern.log
  #   format: syslog            # instead of being recognised
  #   filter: not src net 10.0.0.0/8
  #   fromStart: true           # what it holds already, too
  # A table of your own
  # - uri: tail:/var/log/fw.csv
  #   mapping: fw-mapping.yaml

# The sensor of sources that name none. Each process that feeds a shared store needs its own.
sensor: default

# Networks that you defend: only what goes to them counts.
home:
  - 192.0.2.0/24
  - 2001:db8::/48

# Names for parts of them: how each is probed is kept apart.
targets:
  web: [192.0.2.0/28]
  mail: [192.0.2.25/32]

# What your networks hold: names, sectors, roles (precursor assets init). They are home where home is empty.
# assets: assets.yaml

# Who is asking: sources of incidents are looked up in reputation feeds (precursor intel update fetches them) and databases of yours.
# intel:
#   enabled: true
#   folder: /var/lib/precursor/intel
#   mmdb: [GeoLite2-ASN.mmdb, GeoLite2-City.mmdb]

# Where history is kept: a folder, or a ClickHouse server.
# store: /var/lib/precursor/history
# store: http://precursor:PASSWORD@clickhouse.example.org:8123/?cluster=main

# The spool, places in files, templates, what was learned.
# state: /var/lib/precursor/watch

# When a rise is told.
detection:
  falseEventsAYear: 0.1     # put up with, over all series together
  minRatio: 1.5             # times the expected, at least
  minCount: 5               # counts in a window, at least
  minSources: 10            # distinct sources at once, at least
  minNetworks: 3            # /24s that they are in, at least
  realertFactor: 3.2        # told again when grown by this factor
  learningDays: 7           # before a sensor that joins counts

# Days that history is kept.
retention:
  fiveMinutes: 90
  hours: 730
  days: forever

flushSeconds: 20            # to disk so often
graceSeconds: 60            # late records are waited for
spoolMegabytes: 1024        # may wait on disk while the store is away
`;
