import type kafkajs from 'kafkajs';
import { topicNames } from '../../kafka/client/ensureTopic.ts';
import { PipelineError, messageOf } from '../../errors.ts';
import { committedMessages } from '../../kafka/client/committedMessages.ts';
import { pause } from '../../kafka/client/pause.ts';
import { retryUntil } from '../../kafka/client/retryUntil.ts';
import { topicIds } from '../../kafka/client/topicIds.ts';
import { Change } from '../../kafka/consumer/change.ts';
import { keepOffsets } from '../../kafka/consumer/keepOffsets.ts';
import { type RestartingConsumer, restartingConsumer } from '../../kafka/consumer/restartingConsumer.ts';
import { type StickyAssigner, type TopicPartition, stickyAssigner } from '../../kafka/consumer/stickyAssigner.ts';
import type { Delivery } from '../../kafka/delivery/delivery.ts';
import type { Packet } from '../../stage/packet.ts';
import { report } from '../../stage/report.ts';
import { AssignedPartition } from './assignedPartition.ts';
import { ContactWatch } from './contactWatch.ts';
import type { GroupShare } from './groupShare.ts';
import { matchTopics } from './matchTopics.ts';
import type { PacketDecoder } from './packetDecoder.ts';
import {
  type RecreationPolicy,
  type StartPolicy,
  type TruncationPolicy,
  isGapHarmless,
  restartOffset,
  resumeOffset,
  startOffset,
  truncated,
} from './startOffset.ts';
import { type TopicWatch, topicWatch } from './topicWatch.ts';

/** How often the group hears from us while a batch waits. */
const BEAT_EVERY_MS = 500;

export interface GroupMemberOptions {
  readonly topic: string | readonly string[] | RegExp;
  readonly from: StartPolicy;
  readonly ifTruncated: TruncationPolicy;
  readonly ifRecreated: RecreationPolicy;
  readonly bufferBytes: number;
  readonly maxWaitMs: number;
  readonly sessionTimeoutMs: number;
  readonly stallTimeoutMs: number;
  /** Called at each answer of the brokers. */
  readonly onContact: () => void;
  /** Updated with the part of the group's partitions that is ours. */
  readonly share: GroupShare;
}

/**
 * A member of a consumer group. kafkajs fetches into a buffer for each assigned partition; the buffer is what pauses the
 * partition. `delivery` decides which instance owns a partition: nothing is read of it before the delivery has taken it.
 */
export class GroupMember {
  readonly #delivery: Delivery;
  readonly #decode: PacketDecoder;
  readonly #options: GroupMemberOptions;
  readonly #admin: kafkajs.Admin;
  readonly #assigner: StickyAssigner;
  readonly #restarting: RestartingConsumer;
  readonly #watch: ContactWatch;
  readonly #topicWatch: TopicWatch;
  readonly #changed = new Change();
  readonly #assigned = new Map<string, AssignedPartition>();
  /** Partitions that another instance wrote for, with the time when we were fenced. */
  readonly #lost = new Map<AssignedPartition, number>();
  #topics: readonly string[] = [];
  /** Partitions that a topic had at the start. */
  readonly #firstCount = new Map<string, number>();
  /** How often we have joined: what was begun before the last time is given up. */
  #joins = 0;
  #failure: Error | undefined;
  #isStopped = false;

  constructor(kafka: kafkajs.Kafka, delivery: Delivery, decode: PacketDecoder, options: GroupMemberOptions) {
    const { sessionTimeoutMs, maxWaitMs, stallTimeoutMs } = options;
    this.#delivery = delivery;
    this.#decode = decode;
    this.#options = options;
    this.#admin = kafka.admin();
    this.#watch = new ContactWatch(stallTimeoutMs);
    this.#topicWatch = topicWatch({
      ids: topicIds(kafka),
      ifRecreated: options.ifRecreated,
      onRecreated: (topic) => this.#beginAgain(topic),
      onFailed: (error) => this.#fail(error),
    });
    keepOffsets(delivery.groupId);
    this.#assigner = stickyAssigner(() => [...this.#assigned.values()].map(({ topic, partition }) => ({ topic, partition })));
    this.#restarting = restartingConsumer(kafka, {
      groupId: delivery.groupId,
      sessionTimeout: sessionTimeoutMs,
      rebalanceTimeout: Math.max(sessionTimeoutMs, 10_000),
      heartbeatInterval: Math.min(3000, sessionTimeoutMs / 6),
      maxWaitTimeInMs: maxWaitMs,
      readUncommitted: false,
      partitionAssigners: [this.#assigner.assigner],
      giveUpAfterMs: stallTimeoutMs,
      onFailed: (cause) =>
        this.#fail(new PipelineError('SOURCE_FAILED', `the consumer ended: ${cause.message}`, { cause, retryable: true })),
    });
    const { consumer } = this.#restarting;
    consumer.on('consumer.group_join', ({ payload }) => this.#onJoin(payload.memberAssignment));
    consumer.on('consumer.heartbeat', ({ timestamp }) => this.#onHeartbeat(timestamp));
    consumer.on('consumer.fetch', () => this.#onContact());
    delivery.attach({
      lost: (topic, partition) => this.#onLost({ topic, partition }),
      failed: (error) => this.#fail(error),
      commit: (topic, partition, offset, metadata) => consumer.commitOffsets([{ topic, partition, offset: String(offset), metadata }]),
      leave: () => this.#leave(),
    });
  }

  /** Joins the group. */
  async start(): Promise<void> {
    this.#watch.start((silentMs) =>
      this.#fail(new PipelineError('SOURCE_FAILED', `no answer of the brokers for ${Math.round(silentMs / 1000)} s`, { retryable: true })),
    );
    await this.#admin.connect();
    this.#topics = matchTopics(await topicNames(this.#admin), this.#options.topic);
    const { topics } = await this.#admin.fetchTopicMetadata({ topics: [...this.#topics] });
    for (const { name, partitions } of topics) this.#firstCount.set(name, partitions.length);
    await this.#topicWatch.start(this.#topics);
    await this.#restarting.start(this.#topics, (payload) => this.#onBatch(payload));
  }

  /** Packets of the assigned partitions, one of each in turn, until `stop`. */
  async *packets(): AsyncGenerator<Packet, void> {
    while (!this.#isStopped) {
      if (this.#failure) throw this.#failure;
      const changed = this.#changed.next();
      let count = 0;
      for (const partition of this.#assigned.values()) {
        const packet = this.#isStopped ? undefined : partition.take();
        if (!packet) continue;
        count++;
        yield packet;
      }
      if (count === 0) await changed;
    }
  }

  /**
   * Reads nothing more. The group is left when the delivery closes, once what is on its way has arrived; until then
   * heartbeats go on.
   */
  stop(): void {
    this.#isStopped = true;
    this.#watch.stop();
    for (const partition of this.#assigned.values()) if (partition.assignment) partition.stop();
    this.#changed.announce();
  }

  async #leave(): Promise<void> {
    await this.#restarting.close();
    await this.#topicWatch.stop();
    await this.#admin.disconnect();
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#changed.announce();
  }

  #onContact(): void {
    this.#watch.contact();
    this.#options.onContact();
  }

  #onJoin(assignment: Readonly<Record<string, readonly number[]>>): void {
    this.#joins++;
    this.#onContact();
    this.#lost.clear();
    const given = Object.entries(assignment).flatMap(([topic, partitions]) => partitions.map((partition) => ({ topic, partition })));
    this.#reportShare(given.length);
    this.#releaseAllBut(new Set(given.map(keyOf)));
    for (const place of given) {
      const partition = this.#assigned.get(keyOf(place)) ?? this.#newPartition(place);
      // Stopped until we know where to read: kafkajs would start at the committed offset.
      partition.stop();
      this.#assigned.set(keyOf(place), partition);
      this.#begin(partition);
    }
  }

  #reportShare(partitions: number): void {
    const all = this.#topics.reduce((sum, topic) => sum + this.#assigner.partitionsOf(topic), 0);
    const share = partitions / Math.max(all, partitions, 1);
    this.#options.share.joined(share, performance.now());
    report('assigned', () => ({ partitions, share }));
  }

  #releaseAllBut(kept: ReadonlySet<string>): void {
    for (const [key, partition] of this.#assigned) {
      if (kept.has(key)) continue;
      this.#assigned.delete(key);
      partition.clear();
      this.#delivery.release(partition.topic, partition.partition);
    }
  }

  #newPartition(place: TopicPartition): AssignedPartition {
    const { consumer } = this.#restarting;
    const fetched = [{ topic: place.topic, partitions: [place.partition] }];
    return new AssignedPartition(place, {
      bufferBytes: this.#options.bufferBytes,
      // Between two starts of the consumer there is nothing to pause: after the next one each partition is stopped first.
      pause: () => void (this.#restarting.isRunning() && consumer.pause(fetched)),
      resume: () => void (this.#restarting.isRunning() && consumer.resume(fetched)),
    });
  }

  /** Takes a partition, and reads it from where it was left; given up when the group is rebalanced in the meantime. */
  #begin(partition: AssignedPartition): void {
    const join = this.#joins;
    const isCurrent = (): boolean => join === this.#joins && !this.#isStopped;
    retryUntil(
      () => this.#tryToBegin(partition, isCurrent),
      () => this.#watch.isLost,
      { firstPauseMs: 100 },
    ).catch((cause: unknown) =>
      this.#fail(cause instanceof PipelineError ? cause : new PipelineError('SOURCE_FAILED', messageOf(cause), { cause, retryable: true })),
    );
  }

  async #tryToBegin(partition: AssignedPartition, isCurrent: () => boolean): Promise<void> {
    if (!isCurrent()) return;
    const { topic, partition: number } = partition;
    await this.#topicWatch.look();
    if (!isCurrent()) return;
    const { from, ifRecreated } = this.#options;
    const id = this.#topicWatch.idOf(topic);
    // What came into a partition before we heard of it is not old.
    const isNew = this.#topicWatch.isRecreated(topic) || number >= (this.#firstCount.get(topic) ?? 0);
    const firstOffset = (): Promise<number> => startOffset(this.#admin, partition, isNew ? 'earliest' : from);
    const assignment = await this.#delivery.take(topic, number, firstOffset, {
      id,
      restartAt: (done) => restartOffset(this.#admin, partition, done, { id, ifRecreated }),
    });
    if (!isCurrent()) return;
    const { progress } = assignment;
    progress.readTo(await resumeOffset(this.#admin, partition, progress.next, this.#options.ifTruncated));
    if (!isCurrent()) return;
    this.#restarting.consumer.seek({ topic, partition: number, offset: String(progress.next) });
    partition.begin(assignment);
  }

  /** The topic is another one now: nothing more of it is taken before we know where to read. */
  #beginAgain(topic: string): void {
    for (const partition of this.#assigned.values()) {
      if (partition.topic !== topic) continue;
      partition.lose();
      this.#begin(partition);
    }
  }

  #onHeartbeat(timestamp: number): void {
    this.#onContact();
    this.#options.share.confirmed(performance.now());
    for (const [partition, since] of this.#lost) {
      // The broker accepted a heartbeat after we were fenced: the partition is ours after all.
      if (timestamp <= since) continue;
      this.#lost.delete(partition);
      if (this.#assigned.get(keyOf(partition)) === partition) this.#begin(partition);
    }
  }

  #onLost(place: TopicPartition): void {
    const partition = this.#assigned.get(keyOf(place));
    if (!partition) return;
    partition.lose();
    this.#lost.set(partition, Date.now());
  }

  /** Waits for what is decoded with a schema that a registry has yet to send; the group hears from us meanwhile. */
  async #settled(decoded: readonly unknown[], heartbeat: () => Promise<void>): Promise<void> {
    if (!decoded.some((fields) => fields instanceof Promise)) return;
    let isSettled = false;
    const all = Promise.allSettled(decoded).then(() => (isSettled = true));
    for (;;) {
      await Promise.race([all, pause(BEAT_EVERY_MS)]);
      if (isSettled || this.#isStopped) return;
      await heartbeat();
    }
  }

  async #onBatch(payload: kafkajs.EachBatchPayload): Promise<void> {
    const { batch } = payload;
    const partition = this.#assigned.get(keyOf(batch));
    const assignment = partition?.assignment;
    if (!partition || !assignment) return;
    const { next } = assignment.progress;
    const isGap = Number(batch.firstOffset() ?? next) > next;
    if (isGap && this.#options.ifTruncated === 'stop' && !(await isGapHarmless(this.#admin, partition, next)))
      return this.#fail(truncated(partition, next));
    const messages = committedMessages(batch, { unreadable: 'keep' }).filter(({ offset }) => Number(offset) >= assignment.progress.next);
    const decoded = messages.map((message) => this.#decode(message));
    await this.#settled(decoded, () => payload.heartbeat());
    if (this.#isStopped) return;
    for (const [i, fields] of decoded.entries()) {
      const offset = Number(messages[i]!.offset);
      if (partition.assignment !== assignment || offset < assignment.progress.next) continue;
      try {
        partition.add(assignment, offset, fields instanceof Promise ? await fields : fields);
      } catch (cause) {
        // Thrown on, it would restart the consumer at this message, again and again and without a word.
        const what = `offset ${offset} of ${batch.topic}, partition ${batch.partition}: ${messageOf(cause)}`;
        return this.#fail(new PipelineError('SOURCE_FAILED', what, { cause }));
      }
    }
    partition.endBatch(assignment, Number(batch.lastOffset()));
    this.#changed.announce();
  }
}

const keyOf = ({ topic, partition }: TopicPartition): string => `${topic}/${partition}`;
