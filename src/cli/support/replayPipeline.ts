import { DeadLetterReplay, type DeadLetterReplayOptions } from '../../consume/replay/deadLetterReplay.ts';
import type { TopicPoint } from '../../kafka/consumer/topicPoint.ts';
import { isTopicArchive } from '../../consume/recordings/readTopicArchive.ts';
import type { PastSource, Source } from '../../consume/source.ts';
import { recording } from '../../consume/sources/recording.ts';
import { topicArchive } from '../../consume/sources/topicArchive.ts';
import { topicRange } from '../../consume/sources/topicRange.ts';
import type { Pipeline } from '../../definePipeline.ts';
import { PipelineError } from '../../errors.ts';
import { placeId } from '../../frame/windowing/placeId.ts';
import type { Sink } from '../../publish/sink.ts';
import type { Position } from '../../stage/item.ts';
import type { DeadLetter } from '../../stage/reject.ts';
import { type KafkaFlags, connectionOf, registryOf } from './kafkaFlags.ts';
import { paced } from './paced.ts';
import { placesIn } from './placesIn.ts';
import { deadLettersInFile, isDeadLetterFile } from './deadLettersInFile.ts';
import { deadLettersInTopic } from './deadLettersInTopic.ts';

export interface ReplayFlags extends KafkaFlags {
  wire?: 'confluent' | 'single-object' | 'plain' | 'raw';
  registry?: string;
  from?: TopicPoint;
  to?: TopicPoint;
  warmUp?: number;
  /** Read the packets of dead letters from this archive. */
  archive?: string;
  speed: number;
}

/** A pipeline that replays something. */
export interface Replay {
  readonly pipeline: Pipeline;
  /** Called after the run; throws SOURCE_FAILED where some of what was to be replayed was not found. */
  readonly check: () => void;
}

const LETTERS = 'dead-letters:';

/** The pipeline with another source, and with sinks that write without commits and skip what they hold already. */
export async function replayPipeline(given: Pipeline, past: string, flags: ReplayFlags): Promise<Replay> {
  const deadLetters = given.deadLetters.forReplay?.() ?? given.deadLetters;
  const late = given.late === given.deadLetters ? deadLetters : (given.late.forReplay?.() ?? given.late);
  const pipeline = { ...given, sink: given.sink.forReplay?.() ?? given.sink, deadLetters, late };
  if (past.startsWith(LETTERS)) {
    const topic = { ...flags, registry: registryOf(flags.registry), topic: past.slice(LETTERS.length) };
    return replayOfLetters(pipeline, await deadLettersInTopic(connectionOf(flags), topic), flags);
  }
  if (await isDeadLetterFile(past)) return replayOfLetters(pipeline, await deadLettersInFile(past), flags);
  const source = await sourceOf(past, flags);
  // Packets outside of the range are read as context only: that they are damaged is not reported here.
  const asked = (letters: Sink<DeadLetter>): Sink<DeadLetter> =>
    filtered(letters, (letter, from) => letter.id !== '' || (source.isAskedFor?.(from) ?? true));
  const [letters, lateLetters] = [asked(pipeline.deadLetters), asked(pipeline.late)];
  return {
    pipeline: { ...pipeline, source: paced(source, flags.speed), deadLetters: letters, late: late === deadLetters ? letters : lateLetters },
    check: () => {},
  };
}

/** Replays the windows and packets of dead letters from the topics and files that they came from. */
async function replayOfLetters(pipeline: Pipeline, letters: readonly DeadLetter[], flags: ReplayFlags): Promise<Replay> {
  const { renderer, filters, sink } = pipeline;
  // What fails again has a reason and a time of its own: it is written also where there is one already.
  const { has: _has, ...deadLetters } = pipeline.deadLetters;
  const horizonUs = filters.reduce((sum, { memoryUs = 0 }) => sum + memoryUs, renderer.horizonUs ?? 0);
  const file = sink.params?.['path'];
  // Only the windows of packets are looked up.
  const places = typeof file === 'string' && letters.some(({ start }) => start === null) ? await placesIn(file) : new Set<string>();
  const isDone: DeadLetterReplayOptions['isDone'] = (window) => places.has(placeId(window)) || sink.has?.(placeId(window)) === true;
  const origins = [...Map.groupBy(letters, ({ position }) => position.source)].map(([origin, some]) => {
    const replay = new DeadLetterReplay(some, { horizonUs, isDone });
    // The pipeline's own recording reads the same packets, of the same sensor.
    const source = pipeline.source.params?.['file'] === origin ? pipeline.source : originOf(origin, some[0]!.position.unit, replay, flags);
    return { origin, replay, source };
  });
  let isRead = false;
  const source: Source = {
    name: 'deadLetters',
    params: { letters: letters.length },
    async *packets(signal) {
      for (const one of origins) yield* one.replay.packets(one.source.packets(signal));
      isRead = !signal.aborted;
    },
  };
  return {
    pipeline: {
      ...pipeline,
      source: paced(source, flags.speed),
      // Late events were written as dead letters before.
      late: { name: 'nowhere', write: async () => {} },
      deadLetters: filtered(deadLetters, (letter, from) =>
        origins.some(({ origin, replay }) => origin === from.source && replay.asksFor(letter)),
      ),
    },
    check() {
      const missing = origins.flatMap(({ replay }) => replay.missing());
      const [first] = missing;
      if (!first || !isRead) return;
      const { sensor, start, position } = first;
      const what = start === null ? 'packet' : `window at ${start} µs`;
      throw new PipelineError(
        'SOURCE_FAILED',
        `${missing.length} of ${letters.length} dead letters were not found again, such as the ${what} of ${sensor} at ${position.source}/${position.partition}/${position.first}: ` +
          'the topic may have deleted it, or the pipeline makes other windows. They stay in the dead letters',
      );
    },
  };
}

/** A sink that writes some dead letters and drops the others. */
const filtered = (sink: Sink<DeadLetter>, isAsked: (letter: DeadLetter, from: Position) => boolean): Sink<DeadLetter> => ({
  ...sink,
  write: async (letter, from) => (isAsked(letter, from) ? sink.write(letter, from) : undefined),
});

/** The source that dead letters came from. */
function originOf(origin: string, unit: Position['unit'], { from }: DeadLetterReplay, flags: ReplayFlags): Source {
  const registry = registryOf(flags.registry);
  const packets = { ...(flags.wire && { wire: flags.wire }), ...(registry && { registry }) };
  if (flags.archive) return topicArchive({ file: flags.archive, ...packets });
  if (unit !== 'offset') return recording({ file: origin });
  const points = Object.fromEntries(from);
  return topicRange({ ...connectionOf(flags), topic: origin, ...packets, partitions: [...from.keys()], from: points, warmUp: 0 });
}

async function sourceOf(past: string, flags: ReplayFlags): Promise<Source & Partial<PastSource>> {
  const { wire, registry, from, to, warmUp } = flags;
  const found = registryOf(registry);
  const packets = {
    ...(wire && { wire }),
    ...(found && { registry: found }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
  };
  if (past.startsWith('topic:'))
    return topicRange({ ...connectionOf(flags), topic: past.slice('topic:'.length), ...packets, ...(warmUp !== undefined && { warmUp }) });
  if (await isTopicArchive(past).catch(() => false)) return topicArchive({ file: past, ...packets });
  if (from !== undefined || to !== undefined)
    throw new PipelineError('CONFIG_INVALID', `--from and --to: ${past} is a recording; only topics and archives have times and offsets`);
  return recording({ file: past });
}
