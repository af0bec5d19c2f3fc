import { setTimeout as sleep } from 'node:timers/promises';
import type kafkajs from 'kafkajs';
import { PipelineError, messageOf } from '../../errors.ts';
import type { Delivery, Taken } from '../../kafka/delivery/makeDelivery.ts';
import { keepConsuming } from '../../kafka/consumer/restartingConsumer.ts';
import { committedOf } from '../../kafka/client/readCommitted.ts';
import { type Owned, stickyAssigner } from '../../kafka/consumer/stickyAssigner.ts';
import { report } from '../../stage/report.ts';
import type { GroupShare } from './groupShare.ts';
import type { Session } from '../../stage/session.ts';
import type { Packet } from '../../stage/packet.ts';
import type { Message, PacketFields } from './packetDecoder.ts';

export interface GroupReaderOptions {
  readonly topic: string | readonly string[] | RegExp;
  readonly from: 'earliest' | 'latest' | { readonly time: string } | { readonly offset: number };
  readonly ifTruncated: 'stop' | 'skip';
  readonly bufferBytes: number;
  readonly maxWaitMs: number;
  readonly sessionTimeoutMs: number;
  readonly stallTimeoutMs: number;
  /** Called at each sign of life from the brokers. */
  readonly onSign: () => void;
  /** Told which part of the group's partitions is ours. */
  readonly share: GroupShare;
}

/** What waits of one partition. */
interface Queue extends Owned {
  taken: Taken | undefined;
  /** Oldest first; `head` is the next one. */
  packets: Packet[];
  head: number;
  bytes: number;
  isPaused: boolean;
  readonly sessions: Map<string, Session>;
}

/**
 * Reads packets as a member of a consumer group. kafkajs fetches into a queue for each partition; the queue is what
 * pauses the partition. Who owns what is decided by `delivery`: nothing is read of a partition before it was taken.
 */
export async function* readAsGroup(
  kafka: kafkajs.Kafka,
  delivery: Delivery,
  read: (message: Message) => PacketFields | Promise<PacketFields>,
  options: GroupReaderOptions,
  signal: AbortSignal,
): AsyncGenerator<Packet, void> {
  const { bufferBytes, maxWaitMs, sessionTimeoutMs, stallTimeoutMs } = options;
  const admin = kafka.admin();
  const queues = new Map<string, Queue>();
  let joins = 0;
  let lastSign = performance.now();
  const sign = (): void => {
    lastSign = performance.now();
    options.onSign();
  };
  let failure: Error | undefined;
  let wake = asleep;

  const fail = (error: Error): void => {
    failure ??= error;
    wake();
  };

  const { assigner, partitionsOf } = stickyAssigner(() => [...queues.values()].map(({ topic, partition }) => ({ topic, partition })));
  let topics: readonly string[] = [];
  const kept = keepConsuming(kafka, {
    groupId: delivery.groupId,
    sessionTimeout: sessionTimeoutMs,
    rebalanceTimeout: Math.max(sessionTimeoutMs, 10_000),
    heartbeatInterval: Math.min(3000, sessionTimeoutMs / 6),
    maxWaitTimeInMs: maxWaitMs,
    readUncommitted: false,
    partitionAssigners: [assigner],
    giveUpAfterMs: stallTimeoutMs,
    failed: (cause) => fail(new PipelineError('SOURCE_FAILED', `the consumer ended: ${cause.message}`, { cause, retryable: true })),
  });
  const { consumer } = kept;

  const hold = ({ topic, partition }: Owned): void => consumer.pause([{ topic, partitions: [partition] }]);
  const goOn = ({ topic, partition }: Owned): void => consumer.resume([{ topic, partitions: [partition] }]);

  /** Takes a partition, and reads it from where it was left. `join`: given up when the group is rebalanced meanwhile. */
  const begin = async (queue: Queue, join: number): Promise<void> => {
    const isCurrent = (): boolean => join === joins && !signal.aborted;
    for (let pauseMs = 100; isCurrent(); pauseMs = Math.min(2 * pauseMs, 2000)) {
      try {
        const taken = await delivery.take(queue.topic, queue.partition, () => firstOffset(admin, queue, options));
        if (!isCurrent()) return;
        await refuseTruncated(admin, queue, taken, options);
        if (!isCurrent()) return;
        if (taken.epoch !== queue.taken?.epoch) clear(queue);
        queue.taken = taken;
        queue.isPaused = queue.bytes > bufferBytes;
        consumer.seek({ topic: queue.topic, partition: queue.partition, offset: String(taken.progress.next) });
        if (!queue.isPaused) goOn(queue);
        reportOf(queue);
        return;
      } catch (error) {
        if (error instanceof PipelineError) return fail(error);
        if (performance.now() - lastSign > stallTimeoutMs)
          return fail(new PipelineError('SOURCE_FAILED', messageOf(error), { cause: error, retryable: true }));
        await sleep(pauseMs);
      }
    }
  };

  consumer.on('consumer.group_join', ({ payload }) => {
    const join = ++joins;
    sign();
    lost.clear();
    const given = Object.entries(payload.memberAssignment).flatMap(([topic, partitions]) =>
      partitions.map((partition) => ({ topic, partition })),
    );
    const all = topics.reduce((sum, topic) => sum + partitionsOf(topic), 0);
    const part = given.length / Math.max(all, given.length, 1);
    options.share.joined(part, performance.now());
    report('assigned', () => ({ partitions: given.length, share: part }));
    const keys = new Set(given.map(keyOf));
    for (const [key, queue] of queues) {
      if (keys.has(key)) continue;
      queues.delete(key);
      clear(queue);
      delivery.release(queue.topic, queue.partition);
    }
    for (const owned of given) {
      // Paused until we know where to read: kafkajs would start at what it finds committed.
      hold(owned);
      const queue = queues.get(keyOf(owned)) ?? {
        ...owned,
        taken: undefined,
        packets: [],
        head: 0,
        bytes: 0,
        isPaused: true,
        sessions: new Map(),
      };
      queues.set(keyOf(owned), queue);
      void begin(queue, join);
    }
  });
  consumer.on('consumer.heartbeat', ({ timestamp }) => {
    sign();
    options.share.confirmed(performance.now());
    for (const [key, { since, queue }] of lost) {
      // A heartbeat that the broker took after we were fenced: the partition is ours after all.
      if (timestamp <= since) continue;
      lost.delete(key);
      if (queues.get(key) === queue) void begin(queue, joins);
    }
  });
  consumer.on('consumer.fetch', sign);

  const lost = new Map<string, { readonly since: number; readonly queue: Queue }>();
  delivery.attach({
    lost(topic, partition) {
      const queue = queues.get(keyOf({ topic, partition }));
      if (!queue) return;
      queue.taken = undefined;
      clear(queue);
      hold(queue);
      lost.set(keyOf(queue), { since: Date.now(), queue });
    },
    failed: fail,
    commit: (topic, partition, offset, metadata) => consumer.commitOffsets([{ topic, partition, offset: String(offset), metadata }]),
    async leave() {
      await kept.close();
      await admin.disconnect();
    },
  });

  const eachBatch = async ({ batch }: kafkajs.EachBatchPayload): Promise<void> => {
    const queue = queues.get(keyOf(batch));
    const taken = queue?.taken;
    if (!queue || !taken) return;
    const { progress } = taken;
    const { next } = progress;
    if (options.ifTruncated === 'stop' && Number(batch.firstOffset() ?? next) > next && !(await isGapHarmless(admin, queue, next))) {
      return fail(truncated(queue, next));
    }
    for (const message of committedOf(batch)) {
      const offset = Number(message.offset);
      if (queue.taken !== taken || offset < progress.next) continue;
      const fields = read(message);
      enqueue(queue, taken, offset, fields instanceof Promise ? await fields : fields);
    }
    if (queue.taken !== taken) return;
    progress.readTo(Number(batch.lastOffset()) + 1);
    if (queue.bytes > bufferBytes && !queue.isPaused) {
      queue.isPaused = true;
      hold(queue);
    }
    reportOf(queue);
    wake();
  };

  const watchdog = setInterval(() => {
    const silentMs = performance.now() - lastSign;
    if (silentMs > stallTimeoutMs)
      fail(new PipelineError('SOURCE_FAILED', `no answer of the brokers for ${Math.round(silentMs / 1000)} s`, { retryable: true }));
  }, 1000);
  const onAbort = (): void => wake();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    await admin.connect();
    topics = await topicsOf(admin, options.topic);
    await kept.start(topics, eachBatch);
    yield* inTurns();
  } catch (cause) {
    if (cause instanceof PipelineError) throw cause;
    throw new PipelineError('SOURCE_FAILED', `Kafka: ${messageOf(cause)}`, { cause, retryable: true });
  } finally {
    clearInterval(watchdog);
    signal.removeEventListener('abort', onAbort);
    // The group is left by `close`, when what is on its way has arrived; until then heartbeats go on, and nothing is read.
    for (const queue of queues.values()) if (queue.taken) hold(queue);
  }

  /** One packet of each partition in turn, for as long as the signal lets us. */
  async function* inTurns(): AsyncGenerator<Packet, void> {
    while (!signal.aborted) {
      if (failure) throw failure;
      const arrived = new Promise<void>((resolve) => (wake = resolve));
      let count = 0;
      for (const queue of queues.values()) {
        const packet = queue.packets[queue.head];
        if (!packet || signal.aborted) continue;
        count++;
        dequeue(queue, packet);
        yield packet;
      }
      if (count === 0) await arrived;
    }
  }

  function dequeue(queue: Queue, packet: Packet): void {
    queue.head++;
    if (queue.head * 2 > queue.packets.length) {
      queue.packets.splice(0, queue.head);
      queue.head = 0;
    }
    queue.bytes -= packet.bytes.byteLength;
    if (queue.isPaused && queue.taken && queue.bytes <= bufferBytes / 2) {
      queue.isPaused = false;
      goOn(queue);
      reportOf(queue);
    }
  }
}

const asleep = (): void => {};

const keyOf = ({ topic, partition }: Owned): string => `${topic}/${partition}`;

function enqueue(queue: Queue, { progress, epoch, signal }: Taken, offset: number, fields: PacketFields): void {
  const { sensor, bytes } = fields;
  if (!progress.isNeeded(offset, sensor)) return;
  const ack = progress.arrived(offset, sensor);
  if (progress.isRejected(offset)) {
    ack();
    return;
  }
  let session: Session | undefined = queue.sessions.get(sensor);
  if (!session) {
    session = {
      after: progress.markOf(sensor),
      idleAt: progress.idleAtOf(sensor),
      signal,
      register: (window) => !signal.aborted && !progress.begun(window),
      finish: (window) => {
        if (!signal.aborted) progress.done(window);
      },
    };
    queue.sessions.set(sensor, session);
  }
  const position = { source: queue.topic, unit: 'offset', partition: queue.partition, first: offset, end: offset + 1, epoch } as const;
  queue.packets.push({ ...fields, position, ack, session });
  queue.bytes += bytes.byteLength;
}

const reportOf = (queue: Queue): void =>
  report('buffered', () => ({ partition: keyOf(queue), bytes: queue.bytes, paused: queue.isPaused }));

function clear(queue: Queue): void {
  queue.packets = [];
  queue.head = 0;
  queue.bytes = 0;
  reportOf(queue);
  queue.sessions.clear();
}

async function topicsOf(admin: kafkajs.Admin, topic: GroupReaderOptions['topic']): Promise<string[]> {
  const known = await admin.listTopics();
  if (topic instanceof RegExp) {
    const matching = known.filter((name) => topic.test(name) && !name.startsWith('__'));
    if (matching.length === 0) throw new PipelineError('CONFIG_INVALID', `kafkaSource.topic: no topic matches ${String(topic)}`);
    return matching;
  }
  const wanted = typeof topic === 'string' ? [topic] : topic;
  const missing = wanted.filter((name) => !known.includes(name));
  if (missing.length > 0)
    throw new PipelineError('CONFIG_INVALID', `kafkaSource.topic: the broker has no topic '${missing.join("', '")}'; create it first`);
  return [...wanted];
}

/** Where a group begins that has committed nothing. */
async function firstOffset(admin: kafkajs.Admin, { topic, partition }: Owned, { from }: GroupReaderOptions): Promise<number> {
  if (typeof from === 'object' && 'offset' in from) return from.offset;
  const { low, high } = await extent(admin, { topic, partition });
  if (from === 'earliest') return low;
  if (from === 'latest') return high;
  const found = await admin.fetchTopicOffsetsByTimestamp(topic, Date.parse(from.time));
  const offset = Number(found.find((entry) => entry.partition === partition)?.offset ?? -1);
  return offset < 0 ? high : offset;
}

async function extent(admin: kafkajs.Admin, { topic, partition }: Owned): Promise<{ low: number; high: number }> {
  const found = (await admin.fetchTopicOffsets(topic)).find((entry) => entry.partition === partition);
  return { low: Number(found?.low ?? 0), high: Number(found?.high ?? 0) };
}

/** kafkajs would jump to another offset without a word when the one it asks for is gone. */
async function refuseTruncated(
  admin: kafkajs.Admin,
  queue: Owned,
  { progress }: Taken,
  { ifTruncated }: GroupReaderOptions,
): Promise<void> {
  const { low, high } = await extent(admin, queue);
  const { next } = progress;
  if (next > high) {
    throw new PipelineError(
      'INPUT_UNREADABLE',
      `${keyOf(queue)}: the group had come to offset ${next}, the topic ends at ${high}: it was made anew. Use another groupId`,
    );
  }
  if (next >= low) return;
  if (ifTruncated === 'stop') throw truncated(queue, next, low);
  progress.readTo(low);
}

/** Compaction and transaction markers leave gaps; retention removes what lies before the topic's beginning. */
const isGapHarmless = async (admin: kafkajs.Admin, queue: Owned, next: number): Promise<boolean> =>
  (await extent(admin, queue)).low <= next;

const truncated = (queue: Owned, next: number, low?: number): PipelineError =>
  new PipelineError(
    'INPUT_UNREADABLE',
    `${keyOf(queue)}: packets from offset ${next}${low === undefined ? '' : ` to ${low - 1}`} are gone by the topic's retention before they were captioned. ` +
      "Raise retention.ms and use another groupId, or go on without them: kafkaSource({ ifTruncated: 'skip' })",
  );
