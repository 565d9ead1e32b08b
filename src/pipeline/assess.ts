/** The whole of `assess`: read, observe, detect, label, judge. The order of the steps and nothing else. */
import packageManifest from "../../package.json" with { type: "json" };
import { assess as judge, type Keeping, keepingOf } from "../assess/index.ts";
import { detect, explainAddress, mannersOf } from "../detect/index.ts";
import { openFeeds } from "../intel/feeds/open-feeds.ts";
import { Intel } from "../intel/index.ts";
import type { Activity } from "../model/activity.ts";
import { parseNetwork } from "../model/address.ts";
import type { Block } from "../model/block.ts";
import type { InputError } from "../model/errors.ts";
import { UsageError } from "../model/errors.ts";
import type { Explanation } from "../model/explanation.ts";
import type { Detection } from "../model/finding.ts";
import { type AddressLabels, NO_LABELS } from "../model/label.ts";
import type { Past } from "../model/past.ts";
import type { LiveInput, Report } from "../model/report.ts";
import type { FeedState } from "../model/reputation.ts";
import { nftRules } from "../respond/index.ts";
import type { AssessOptions } from "./assess-options.ts";
import { gather } from "./gather.ts";
import { announcedSpaceOf, labelFindings, sourcesOf } from "./labelling.ts";
import type { LiveReport } from "./live-input.ts";
import type { ReadSummary } from "./read-inputs.ts";

export { ASSESS_DEFAULTS, type AssessOptions } from "./assess-options.ts";
export type { Progress } from "./observe-inputs.ts";

/** Ports and findings that a report lists at most, whatever the limit: the rest are counted. */
const REPORT_PORTS = 24;

export interface AssessResult {
  readonly report: Report;
  readonly explanation: Explanation | null;
}

/**
 * Assesses inputs. Inputs that cannot be read are named in the report; where none can, the first error is thrown.
 * @throws UsageError, FilterError, InputError, DatabaseError
 */
export async function assess(options: AssessOptions): Promise<AssessResult> {
  const given = options.home.map((text) => {
    const network = parseNetwork(text);
    if (network === null) throw new UsageError(`--home ${text}: not an address or a network in CIDR notation`);
    return network;
  });
  // Before the inputs are read: a database that is none is told at once.
  const { reputation, feeds } = openFeeds(options.intelFolder, Date.now() / 1000);
  const intel = Intel.open({
    reputation,
    databases: options.databases,
    names: options.resolvers === null ? null : { servers: options.resolvers },
  });
  // Whatever fails from here on, what is open is closed.
  try {
    const home = given.length > 0 ? given : options.assets.flatMap(({ networks }) => networks);
    const { observer, summary, live, unreadable, passedOver, troubles } = await gather(options);
    const activity = observer.finish();
    const keeping = keepingOf(summary.sources, summary.lost);
    const { sampling, samplingFactor, showsOutcomes } = keeping;
    const asked = { home, assets: options.assets, sampling, greatestSampling: samplingFactor, showsOutcomes };
    // What no report shows need not be put into words; the explanation of an address may need any.
    const detection = detect(
      activity,
      options.explain === null ? { ...asked, detailed: options.limit } : { ...asked, asked: options.explain },
    );
    // An address that stands for another is nobody's: whom it seems to belong to is not told.
    const isAnonymised = summary.sources.some(({ anonymised }) => anonymised);
    const sources = sourcesOf(activity, detection, options.limit);
    if (!isAnonymised) await intel.askNames([...sources.keys()]);
    const labels = isAnonymised ? new Map<string, AddressLabels>() : labelFindings(intel, activity, detection, options.limit);
    // The store's engine is loaded only where somebody asks for history.
    const past =
      options.store === null
        ? null
        : await (await import("./history/past-of-input.ts")).readPastOf(options.store, activity.firstSeen, activity.lastSeen);
    const report = makeReport({
      options,
      past,
      summary,
      live,
      keeping,
      unreadable,
      passedOver,
      troubles,
      activity,
      detection,
      labels,
      intel,
      feeds,
    });
    const explanation =
      options.explain === null
        ? null
        : explainAddress(
            activity,
            detection,
            options.explain,
            isAnonymised ? NO_LABELS : explainedLabels(intel, activity, options.explain, sources),
            sampling,
          );
    return { report, explanation };
  } finally {
    intel.close();
  }
}

/** Labels of the address that is explained, which need be no source of any finding. */
function explainedLabels(intel: Intel, activity: Activity, address: string, sources: ReadonlyMap<string, boolean>): AddressLabels {
  return intel.label(address, () => mannersOf(activity, address, sources.get(address) ?? true));
}

function liveInput({ name, place, health, counters, unrecognisedRecords, unrecognisedBytes, forgottenSenders }: LiveReport): LiveInput {
  const { octets, messages, droppedByKernel, droppedByUs, errors } = counters;
  return {
    name,
    place,
    health,
    bytes: octets,
    messages,
    droppedByKernel,
    droppedByUs,
    errors,
    unrecognised: { records: unrecognisedRecords, bytes: unrecognisedBytes },
    forgottenSenders,
  };
}

interface Parts {
  readonly options: AssessOptions;
  readonly past: Past | null;
  readonly summary: ReadSummary;
  readonly live: readonly LiveReport[];
  readonly keeping: Keeping;
  readonly unreadable: readonly InputError[];
  readonly passedOver: readonly string[];
  readonly troubles: readonly string[];
  readonly activity: Activity;
  readonly detection: Detection;
  readonly labels: ReadonlyMap<string, AddressLabels>;
  readonly intel: Intel;
  readonly feeds: readonly FeedState[];
}

function makeReport({
  options,
  past,
  summary,
  live,
  keeping,
  unreadable,
  passedOver,
  troubles,
  activity,
  detection,
  labels,
  intel,
  feeds,
}: Parts): Report {
  const records = summary.sources.reduce((sum, source) => sum + source.records, 0);
  const { assessment, advice } = judge({
    detection,
    portZero: activity.portZero,
    totals: activity.totals,
    firstSeen: activity.firstSeen,
    lastSeen: activity.lastSeen,
    labels,
    forgotten: activity.forgotten,
    records,
    skipped: summary.skipped,
    keeping,
    past,
    feeds,
    priors: options.priors,
    announced: announcedSpaceOf(intel, labels),
  });
  const madeAt = Date.now() / 1000;
  const labelsOf = (address: string): AddressLabels => labels.get(address) ?? NO_LABELS;
  return {
    version: packageManifest.version,
    madeAt,
    input: {
      sources: summary.sources,
      records,
      skipped: Object.fromEntries(summary.skipped),
      encapsulations: Object.fromEntries(summary.encapsulations),
      lost: Object.fromEntries(summary.lost),
      live: live.map(liveInput),
      firstSeen: activity.firstSeen,
      lastSeen: activity.lastSeen,
      totals: Object.fromEntries(activity.totals),
      unreadable: unreadable.map((error) => `${error.message} (${error.code})`),
      passedOver,
      troubles,
    },
    home: detection.home,
    portZero: activity.portZero,
    portZeroLabels: new Map(activity.portZero.topSources.map(({ address }) => [address, labelsOf(address)])),
    scansTotal: detection.scansTotal,
    scans: detection.scans.slice(0, options.limit).map((scan) => ({ ...scan, labels: labelsOf(scan.source) })),
    scansTotalExact: detection.scansTotalExact,
    floods: detection.floods.slice(0, options.limit),
    backscatterTotal: detection.backscatterTotal,
    backscatter: detection.backscatter.slice(0, options.limit).map((found) => ({ ...found, labels: labelsOf(found.victim) })),
    persistenceTotal: detection.persistenceTotal,
    persistence: detection.persistence.slice(0, options.limit),
    loneProbes: detection.loneProbes,
    targets: detection.targets,
    campaignsTotal: detection.campaignsTotal,
    campaigns: detection.campaigns.slice(0, options.limit),
    spoofing: detection.spoofing,
    focus: detection.focus,
    past,
    timeline: activity.timeline,
    ports: activity.topPorts(REPORT_PORTS),
    senderCount: activity.senderCount,
    forgotten: activity.forgotten,
    assessment,
    advice: advice.map((one) => (one.block === undefined ? one : { ...one, rules: adviceRules(one.block, madeAt) })),
    lists: intel.lists(),
    names: intel.names(),
    feeds,
  };
}

/** Rules to copy from a report: nftables', which everybody can read. `precursor block` writes those of other platforms. */
function adviceRules(block: Block, madeAt: number): readonly string[] {
  return nftRules({ ...block, families: [4, 6], incident: null, home: [], madeAt });
}
