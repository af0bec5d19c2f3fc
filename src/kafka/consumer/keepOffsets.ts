import { createRequire } from 'node:module';
import kafkajs from 'kafkajs';

/*
  Where the offset of a fetch is out of range, kafkajs 2.2.4 goes to the first or last offset without a word, and commits that for
  the group, without metadata: what is done would be forgotten. For the groups named here it fails instead; a consumer that is
  started again then looks where it can go on.
*/

interface OffsetManager {
  readonly groupId: string;
  setDefaultOffset: (this: OffsetManager, place: { topic: string; partition: number }) => Promise<void>;
}

const kept = new Set<string>();
let isPatched = false;

/** From now on the consumers of this group crash where kafkajs would reset their offset. */
export function keepOffsets(groupId: string): void {
  kept.add(groupId);
  if (isPatched) return;
  isPatched = true;
  const { prototype } = createRequire(import.meta.url)('kafkajs/src/consumer/offsetManager') as { prototype: OffsetManager };
  const { setDefaultOffset } = prototype;
  prototype.setDefaultOffset = async function reset({ topic, partition }) {
    if (!kept.has(this.groupId)) return setDefaultOffset.call(this, { topic, partition });
    throw new kafkajs.KafkaJSNonRetriableError(`${topic}, partition ${partition}: what is to be read next is not in the topic`);
  };
}
