/** The Kafka client's consumer, asking for offsets in a version that every broker answers rightly. Loads the client: import it when it is needed. */
import { Consumer, kListApis } from "@platformatic/kafka";

/**
 * The newest version of ListOffsets that is asked for. Later ones add a leader epoch (KIP-320) that nobody here needs, and that librdkafka's mock brokers
 * write with eight octets instead of four (seen with 2.0.2), so that an answer about two partitions cannot be read.
 */
const LIST_OFFSETS_VERSION = 3;

export class KafkaConsumer extends Consumer {
  override [kListApis](callback: Parameters<Consumer[typeof kListApis]>[0]): void {
    super[kListApis]((error, apis) => {
      if (error !== null) {
        callback(error, apis);
        return;
      }
      const asked = apis?.map((api) =>
        api.name === "ListOffsets" ? { ...api, maxVersion: Math.min(api.maxVersion, LIST_OFFSETS_VERSION) } : api,
      );
      callback(null, asked);
    });
  }
}
