import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type kafkajs from 'kafkajs';
import { PipelineError, messageOf } from '../../errors.ts';
import type { Position } from '../../stage/item.ts';
import type { Committer, InputPartition, OutMessage } from './committer.ts';
import { isHopeless } from '../client/isRetriable.ts';
import { type Stamp, inlineMetadata, noteBytes, pointerMetadata, readMetadata, readNote } from './commitMetadata.ts';
import { type DoneWindow, type Note, type Progress, makeProgress } from './partitionProgress.ts';
import { readRanges } from '../consumer/readRange.ts';
import { isFenced } from './transactional.ts';

/** What a message finishes: a window, a packet that was rejected as a whole, or what was late in a packet. */
export type Finishes = DoneWindow | { readonly packet: number } | { readonly late: number };

/** What a source needs to read a partition that it was given. */
export interface Taken {
  readonly progress: Progress;
  /** Counts how often this instance began the partition anew; part of every position. */
  readonly epoch: number;
  /** The offset to read from. */
  readonly from: number;
  /** Aborts when the partition is not ours any more. */
  readonly signal: AbortSignal;
}

/**
 * Ties the outputs of a pipeline to the commits of its input. A source and its sinks share one; see `exactlyOnce` and
 * `atLeastOnce`.
 */
export interface Delivery {
  readonly groupId: string;
  readonly guarantee: 'exactly-once' | 'at-least-once';
  /**
   * Resolves when the message is safe and what it finishes will not be done again; or when its partition has gone to
   * another instance, which will write it. Rejects with SINK_FAILED.
   */
  write(message: OutMessage, finishes: Finishes, from: Position): Promise<void>;
  /** Takes a partition that the group gave us: fences the instance before us, then reads what it committed. */
  take(topic: string, partition: number, begin: () => Promise<number>): Promise<Taken>;
  /** Gives up a partition: what is on its way from it is dropped. */
  release(topic: string, partition: number): void;
  /** Who reads for this delivery. `lost`: another instance wrote for a partition that we hold. */
  attach(reader: Reader): void;
  /** Commits what is done, and ends the connections. */
  close(): Promise<void>;
}

export interface Reader {
  lost(topic: string, partition: number): void;
  failed(error: Error): void;
  /** Commits outside of a transaction. */
  commit(topic: string, partition: number, offset: number, metadata: string): Promise<void>;
  leave(): Promise<void>;
}

export interface DeliveryParts {
  readonly guarantee: Delivery['guarantee'];
  readonly groupId: string;
  kafka(): Promise<kafkajs.Kafka>;
  committer(partition: InputPartition, kafka: kafkajs.Kafka, reader: () => Reader | undefined): Committer;
  /** How long messages wait for others to go out with, in milliseconds. */
  readonly lingerMs: number;
  /** How often a position without messages is committed, in milliseconds. */
  readonly commitEveryMs: number;
  /** How long a write is tried, in milliseconds. */
  readonly giveUpAfterMs: number;
  /** Longest metadata that the broker takes. */
  readonly metadataLimit: number;
}

interface Pending {
  readonly message: OutMessage;
  readonly finishes: Finishes;
  readonly settle: (error?: Error) => void;
}

interface Lane extends InputPartition {
  readonly committer: Committer;
  epoch: number;
  progress: Progress;
  life: AbortController;
  isOurs: boolean;
  outbox: Pending[];
  /** The last commit that we know of. */
  stamp: Stamp | undefined;
  /** What it said; to tell whether there is something new. */
  said: string;
  /** One thing at a time. */
  turn: Promise<unknown>;
  isScheduled: boolean;
}

/** Messages in one batch. */
const BATCH = 2000;

export function makeDelivery(parts: DeliveryParts): Delivery {
  const { groupId, guarantee, lingerMs, commitEveryMs, giveUpAfterMs, metadataLimit } = parts;
  const lanes = new Map<string, Lane>();
  let reader: Reader | undefined;
  let connected: Promise<{ kafka: kafkajs.Kafka; admin: kafkajs.Admin }> | undefined;
  let closing: Promise<void> | undefined;
  let ticker: NodeJS.Timeout | undefined;
  let failure: Error | undefined;
  let epochs = 0;

  const connection = (): Promise<{ kafka: kafkajs.Kafka; admin: kafkajs.Admin }> =>
    (connected ??= (async () => {
      const kafka = await parts.kafka();
      const admin = kafka.admin({ retry: { retries: 8, initialRetryTime: 100, maxRetryTime: 1000 } });
      await admin.connect();
      return { kafka, admin };
    })().catch((error: unknown) => {
      connected = undefined;
      throw error;
    }));

  const laneOf = async (topic: string, partition: number): Promise<Lane> => {
    const { kafka } = await connection();
    const key = `${topic}/${partition}`;
    const known = lanes.get(key);
    if (known) return known;
    const input = { groupId, topic, partition };
    const fresh: Lane = {
      ...input,
      committer: parts.committer(input, kafka, () => reader),
      epoch: 0,
      progress: makeProgress({ position: 0, sensors: [], rejected: [], late: [] }),
      life: new AbortController(),
      isOurs: false,
      outbox: [],
      stamp: undefined,
      said: '',
      turn: Promise.resolve(),
      isScheduled: false,
    };
    lanes.set(key, fresh);
    ticker ??= setInterval(() => {
      for (const lane of lanes.values()) if (lane.isOurs) schedule(lane, 0);
    }, commitEveryMs);
    return fresh;
  };

  const inTurn = <Out>(lane: Lane, work: () => Promise<Out>): Promise<Out> => {
    const done = lane.turn.then(work, work);
    lane.turn = done.catch(() => {});
    return done;
  };

  /** What the group committed last. */
  const committed = async ({ topic, partition }: Lane): Promise<{ note: Note; stamp: Stamp | undefined } | undefined> => {
    const { kafka, admin } = await connection();
    const [answer] = await admin.fetchOffsets({ groupId, topics: [topic] });
    const found = answer?.partitions.find((entry) => entry.partition === partition);
    if (!found || found.offset === '-1') return undefined;
    const position = Number(found.offset);
    if (!found.metadata) return { note: { position, sensors: [], rejected: [], late: [] }, stamp: undefined };
    const metadata = readMetadata(found.metadata, position);
    const note = 'note' in metadata ? metadata.note : readNote(await readProgressRecord(kafka, groupId, metadata.at), position);
    return { note: { position, ...note }, stamp: metadata.stamp };
  };

  const drop = (lane: Lane): void => {
    lane.isOurs = false;
    lane.life.abort();
    for (const { settle } of lane.outbox.splice(0)) settle();
  };

  const fail = (error: PipelineError): void => {
    failure ??= error;
    for (const lane of lanes.values()) for (const { settle } of lane.outbox.splice(0)) settle(error);
    reader?.failed(error);
  };

  const schedule = (lane: Lane, delayMs: number): void => {
    if (lane.isScheduled) return;
    lane.isScheduled = true;
    setTimeout(() => {
      void inTurn(lane, async () => {
        lane.isScheduled = false;
        await flush(lane);
        if (lane.outbox.length > 0) schedule(lane, 0);
      });
    }, delayMs);
  };

  /** Sends what waits, together with the position that it leads to. */
  const flush = async (lane: Lane): Promise<void> => {
    if (!lane.isOurs || failure) return;
    const batch = lane.outbox.splice(0, BATCH);
    const { progress } = lane;
    // From here to the note no turn of the event loop: the note says exactly what these messages finish.
    const fresh = batch.filter(({ finishes }) => finish(progress, finishes));
    const note = progress.note();
    const said = `${note.position} ${noteBytes(note).toString('base64')}`;
    if (fresh.length > 0 || said !== lane.said) {
      const outcome = await commit(
        lane,
        note,
        fresh.map(({ message }) => message),
      ).catch((cause: unknown) => {
        const what = `what came from ${lane.topic}/${lane.partition} could not be written: ${messageOf(cause)}`;
        return cause instanceof PipelineError ? cause : new PipelineError('SINK_FAILED', what, { cause, retryable: true });
      });
      if (outcome instanceof PipelineError) {
        for (const { settle } of batch) settle(outcome);
        fail(outcome);
        return;
      }
      if (outcome === 'lost') {
        drop(lane);
        reader?.lost(lane.topic, lane.partition);
      } else lane.said = said;
    }
    for (const { settle } of batch) settle();
  };

  /**
   * Commits under a fresh stamp. Where it is not known whether that worked, we fence again and look: the stamp there is
   * ours (it worked), the one before (it did not: again), or a stranger's (another instance has the partition).
   */
  const commit = async (lane: Lane, note: Note, messages: readonly OutMessage[]): Promise<'committed' | 'lost'> => {
    const stamp = randomBytes(6);
    const isStranger = (found: Stamp | undefined): boolean => !same(found, stamp) && !same(found, lane.stamp);
    const giveUpAt = performance.now() + giveUpAfterMs;
    for (let pauseMs = 50, isKnown = true; ; pauseMs = Math.min(pauseMs * 2, 2000)) {
      try {
        if (!isKnown) {
          // Looked at before as well: who has the partition by now is not to be fenced by one who lost it.
          if (isStranger((await committed(lane))?.stamp)) return 'lost';
          await lane.committer.fence();
          const found = (await committed(lane))?.stamp;
          if (isStranger(found)) return 'lost';
          if (same(found, stamp)) {
            lane.stamp = stamp;
            return 'committed';
          }
          isKnown = true;
        }
        const batch = await lane.committer.begin();
        if (messages.length > 0) await batch.send(messages);
        await batch.commit(note.position, await metadataOf(lane, note, stamp, batch.send));
        lane.stamp = stamp;
        return 'committed';
      } catch (error) {
        if (isFenced(error)) return 'lost';
        if (performance.now() > giveUpAt || isHopeless(error)) throw error;
        isKnown = false;
        await sleep(pauseMs);
      }
    }
  };

  const metadataOf = async (
    { topic, partition }: Lane,
    note: Note,
    stamp: Stamp,
    send: (messages: readonly OutMessage[]) => Promise<number>,
  ): Promise<string> => {
    const inline = inlineMetadata(note, stamp, metadataLimit);
    if (inline !== undefined) return inline;
    const { admin } = await connection();
    await ensureProgressTopic(admin, groupId);
    return pointerMetadata(await send([{ topic: progressTopic(groupId), key: `${topic}/${partition}`, value: noteBytes(note) }]), stamp);
  };

  return {
    groupId,
    guarantee,
    attach(who) {
      reader = who;
    },
    async take(topic, partition, begin) {
      const lane = await laneOf(topic, partition);
      return inTurn(lane, async () => {
        // A connection that is made now would outlive us, and keep the process from ending.
        if (closing) throw new Error('the delivery is closed');
        await lane.committer.fence();
        const found = await committed(lane);
        if (!lane.isOurs || !same(found?.stamp, lane.stamp)) {
          drop(lane);
          lane.progress = makeProgress(found?.note ?? { position: await begin(), sensors: [], rejected: [], late: [] });
          lane.epoch = ++epochs;
          lane.life = new AbortController();
          lane.stamp = found?.stamp;
          lane.said = '';
          lane.isOurs = true;
        }
        const { progress, epoch, life } = lane;
        return { progress, epoch, from: progress.next, signal: life.signal };
      });
    },
    release(topic, partition) {
      const lane = lanes.get(`${topic}/${partition}`);
      if (!lane) return;
      drop(lane);
      void inTurn(lane, async () => {
        if (!lane.isOurs) await lane.committer.close();
      });
    },
    async write(message, finishes, from) {
      if (failure) throw failure;
      const lane = lanes.get(`${from.source}/${from.partition}`);
      if (!lane || from.unit !== 'offset') {
        throw new PipelineError(
          'CONFIG_INVALID',
          `a record from ${from.source} was given to the delivery of group '${groupId}', which never read that; source and sink must share one delivery`,
        );
      }
      // Taking it for one of an earlier epoch would lose it.
      if (from.epoch === undefined)
        throw new PipelineError('UNEXPECTED', `a position in ${from.source} lost its epoch on the way; copy positions whole`);
      if (!lane.isOurs || lane.epoch !== from.epoch) return;
      await new Promise<void>((resolve, reject) => {
        lane.outbox.push({ message, finishes, settle: (error) => (error ? reject(error) : resolve()) });
        schedule(lane, lane.outbox.length >= BATCH ? 0 : lingerMs);
      });
    },
    close: () =>
      (closing ??= (async () => {
        clearInterval(ticker);
        const ours = [...lanes.values()];
        await settled(ours.map((lane) => inTurn(lane, () => flush(lane))));
        await reader?.leave();
        for (const lane of ours) drop(lane);
        await settled(ours.map((lane) => inTurn(lane, () => lane.committer.close())));
        const open = await connected?.catch(() => undefined);
        await open?.admin.disconnect();
      })()),
  };
}

/** Waits, but not for a broker that is away. */
const settled = (work: readonly Promise<unknown>[]): Promise<unknown> =>
  Promise.race([Promise.allSettled(work), sleep(10_000, undefined, { ref: false })]);

/** Whether that was still to be done. */
function finish(progress: Progress, finishes: Finishes): boolean {
  if ('packet' in finishes) {
    if (progress.isRejected(finishes.packet)) return false;
    progress.rejected(finishes.packet);
    return true;
  }
  if ('late' in finishes) {
    if (progress.isLateTold(finishes.late)) return false;
    progress.lateTold(finishes.late);
    return true;
  }
  if (progress.isDone(finishes)) return false;
  progress.done(finishes);
  return true;
}

const same = (a: Stamp | undefined, b: Stamp | undefined): boolean => (a && b ? Buffer.from(a).equals(b) : a === b);

/** Where notes are that do not fit into the metadata of a commit. */
const progressTopic = (groupId: string): string => `${groupId}.progress`;

async function ensureProgressTopic(admin: kafkajs.Admin, groupId: string): Promise<void> {
  const topic = progressTopic(groupId);
  const configEntries = [{ name: 'cleanup.policy', value: 'compact' }];
  // False when it is there already.
  await admin.createTopics({ topics: [{ topic, numPartitions: 1, configEntries }], waitForLeaders: true });
}

async function readProgressRecord(kafka: kafkajs.Kafka, groupId: string, at: number): Promise<Buffer> {
  let value: Buffer | null = null;
  await readRanges(kafka, progressTopic(groupId), [{ partition: 0, first: at, end: at + 1 }], (message) => {
    value = message.value;
  });
  if (value) return value;
  throw new PipelineError('SOURCE_FAILED', `record ${at} of topic ${progressTopic(groupId)} is gone; it says what of the input is done`);
}
