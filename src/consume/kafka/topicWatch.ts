import { PipelineError, messageOf } from '../../errors.ts';
import type { TopicIds } from '../../kafka/client/topicIds.ts';
import { pause } from '../../kafka/client/pause.ts';
import { report } from '../../stage/report.ts';
import { type RecreationPolicy, recreated } from './startOffset.ts';

/** How often the ids are asked for. */
const LOOK_EVERY_MS = 3000;
/** After a change the brokers are asked again: one of them may not know yet what the others do. */
const LOOK_AGAIN_MS = 500;
/** A topic that is gone for longer will hardly come back under its old id. */
const GONE_MS = 30_000;

export interface TopicWatchOptions {
  readonly ids: TopicIds;
  readonly ifRecreated: RecreationPolicy;
  /** Called after a topic was made anew, where that does not end the run. */
  readonly onRecreated: (topic: string) => void;
  readonly onFailed: (error: Error) => void;
}

export interface TopicWatch {
  /** Notes the ids that the topics have now. Call once. */
  start(topics: readonly string[]): Promise<void>;
  /** Looks whether the topics are still the same. Rejects where they are not and the run must stop, and when a topic is gone. */
  look(): Promise<void>;
  /** The id that a topic had last; undefined where the brokers have no ids. */
  idOf(topic: string): string | undefined;
  /** Whether a topic was made anew since the start. */
  isRecreated(topic: string): boolean;
  stop(): Promise<void>;
}

/** Notices that a topic was deleted, or made anew under its name: its offsets mean something else then, and no answer of a broker says so. */
export function topicWatch({ ids, ifRecreated, onRecreated, onFailed }: TopicWatchOptions): TopicWatch {
  const known = new Map<string, string>();
  const again = new Set<string>();
  const goneSince = new Map<string, number>();
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> | undefined;

  const look = async (): Promise<void> => {
    const topics = [...known.keys()];
    const isChanged = (now: ReadonlyMap<string, string>, topic: string): boolean => !!now.get(topic) && now.get(topic) !== known.get(topic);
    const first = await ids.of(topics);
    let now = first;
    if (topics.some((topic) => isChanged(first, topic))) {
      await pause(LOOK_AGAIN_MS);
      now = await ids.of(topics);
    }
    for (const topic of topics) {
      if (!isChanged(now, topic) || now.get(topic) !== first.get(topic)) continue;
      const [was, is] = [known.get(topic)!, now.get(topic)!];
      if (was && ifRecreated === 'stop') throw recreated(topic, { was, is });
      known.set(topic, is);
      if (!was) continue;
      again.add(topic);
      report('swallow', () => ({ where: 'kafkaSource', message: `${recreated(topic, { was, is }).message}; it begins with the new one` }));
      onRecreated(topic);
    }
    for (const topic of topics) mindGone(topic, now.has(topic));
    const gone = topics.find((topic) => goneSince.has(topic));
    if (gone) throw new PipelineError('SOURCE_FAILED', `topic '${gone}' is not there any more`, { retryable: true });
  };

  const mindGone = (topic: string, isThere: boolean): void => {
    if (isThere) return void goneSince.delete(topic);
    const sinceMs = goneSince.get(topic) ?? performance.now();
    goneSince.set(topic, sinceMs);
    report('wait', () => ({ on: `topic '${topic}'`, message: 'the brokers have none of this name any more; it was deleted' }));
    if (ifRecreated === 'stop' && performance.now() - sinceMs > GONE_MS) throw deleted(topic);
  };

  /** One look at a time; who asks during one gets its result. */
  const lookOnce = (): Promise<void> => (looking ??= look().finally(() => (looking = undefined)));

  return {
    async start(topics) {
      const now = await ids.of(topics);
      for (const topic of topics) known.set(topic, now.get(topic) ?? '');
      timer = setInterval(() => {
        lookOnce().catch((cause: unknown) => {
          if (cause instanceof PipelineError && !cause.retryable) onFailed(cause);
          else if (goneSince.size === 0)
            report('wait', () => ({ on: 'Kafka, asked for the ids of its topics,', message: messageOf(cause) }));
        });
      }, LOOK_EVERY_MS);
    },
    look: lookOnce,
    idOf: (topic) => known.get(topic) || undefined,
    isRecreated: (topic) => again.has(topic),
    async stop() {
      clearInterval(timer);
      await ids.close();
    },
  };
}

const deleted = (topic: string): PipelineError =>
  new PipelineError(
    'INPUT_UNREADABLE',
    `topic '${topic}' was deleted while it was read. Make it again, and start the run with another groupId, or with kafkaSource({ ifRecreated: 'restart' })`,
  );
