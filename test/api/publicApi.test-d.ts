import { type Observable, type OperatorFunction, of } from 'rxjs';
import * as s from 'saccade';
import { describe, expectTypeOf, test } from 'vitest';

declare const packets$: Observable<s.Packet>;
declare const captioner: s.Captioner;
declare const sink: s.Sink<s.CaptionRecord>;
declare const pipeline: s.Pipeline;

describe('stages', () => {
  test('are operators from one item to the next', () => {
    expectTypeOf(s.decode()).toEqualTypeOf<OperatorFunction<s.Packet, s.EventBatch>>();
    expectTypeOf(s.windows(s.tumbling({ everyMs: 33 }))).toEqualTypeOf<OperatorFunction<s.EventBatch, s.EventWindow>>();
    expectTypeOf(s.render(s.polarity())).toEqualTypeOf<OperatorFunction<s.EventWindow, s.Frame>>();
    expectTypeOf(s.captionWith(captioner)).toEqualTypeOf<OperatorFunction<s.Frame, s.Caption>>();
    expectTypeOf(s.normalise(s.houseStyle())).toEqualTypeOf<OperatorFunction<s.Caption, s.NormalisedCaption>>();
    expectTypeOf(s.publishTo(sink)).toEqualTypeOf<OperatorFunction<s.NormalisedCaption, s.CaptionRecord>>();
  });

  test('make one pipe, in the order of the flow', () => {
    const records = packets$.pipe(
      s.decode(),
      s.windows(s.tumbling({ everyMs: 33 })),
      s.render(s.polarity()),
      s.captionWith(captioner),
      s.normalise(s.houseStyle()),
      s.publishTo(sink),
    );
    expectTypeOf(records).toEqualTypeOf<Observable<s.CaptionRecord>>();
    expectTypeOf(s.render(s.polarity())).parameter(0).not.toExtend<Observable<s.Packet>>();
  });

  test('are the same words in workers', () => {
    const context = { gate: s.makeGate(), reject: s.rejectTo(s.memory<s.DeadLetter>(), s.makeGate()) };
    expectTypeOf(s.inWorkers(pipeline, context)).toExtend<s.EventStages<s.Packet>>();
    expectTypeOf(s.onThisThread(pipeline, context)).toExtend<s.EventStages<s.EventBatch>>();
    expectTypeOf(s.observePipeline(pipeline)).toEqualTypeOf<Observable<s.CaptionRecord>>();
  });
});

describe('pullMap', () => {
  test('is an operator of Observables, and takes what can be asked', () => {
    const lengths = s.pullMap((text: string) => of(text.length), { concurrency: 2 });
    expectTypeOf(of('a').pipe(lengths)).toEqualTypeOf<Observable<number>>();
    expectTypeOf(lengths(['a', 'b'])).toEqualTypeOf<Observable<number>>();
    expectTypeOf(of('a').pipe(s.pullMap((text) => [text.length], { concurrency: 1 }))).toEqualTypeOf<Observable<number>>();
    const source: s.Source = s.synthetic();
    expectTypeOf(s.pullMap((packet: s.Packet) => of(packet.seq), { concurrency: 1 })(source)).toEqualTypeOf<Observable<number>>();
  });
});

describe('fallbackTo', () => {
  test('adds the types of the fallbacks', () => {
    expectTypeOf(of(1).pipe(s.fallbackTo(of('a')))).toEqualTypeOf<Observable<number | string>>();
    expectTypeOf(of(1).pipe(s.fallbackTo<number>(of(2), () => [3], { when: (error) => error instanceof Error }))).toEqualTypeOf<
      Observable<number>
    >();
  });
});

describe('parts', () => {
  test('combinators have the type of their parts', () => {
    const openai = s.openai({ model: 'gpt-4o' });
    expectTypeOf(s.fallback(openai, captioner)).toExtend<s.Captioner>();
    expectTypeOf(s.route({ targets: { openai } })).toExtend<s.Captioner>();
    expectTypeOf(s.withRetries(openai)).toExtend<s.Captioner>();
    expectTypeOf(s.budget(openai, { usd: 1 })).toExtend<s.Captioner>();
  });

  test('a route knows the names of its targets', () => {
    const target = s.openai({ model: 'gpt-4o' });
    s.route({ targets: { a: target, b: target }, weights: { a: 1 }, fallbacks: { a: ['b'] } });
    // @ts-expect-error 'c' is no target
    s.route({ targets: { a: target }, fallbacks: { a: ['c'] } });
  });

  test('a pipeline needs its parts, and refuses unknown keys', () => {
    const parts = {
      source: s.synthetic(),
      window: s.tumbling({ everyMs: 33 }),
      renderer: s.polarity(),
      captioner,
      sink,
      deadLetters: s.memory<s.DeadLetter>(),
    };
    expectTypeOf(s.definePipeline(parts)).toEqualTypeOf<s.Pipeline>();
    // @ts-expect-error sinks is unknown
    s.definePipeline({ ...parts, sinks: sink });
    // @ts-expect-error there is no source
    s.definePipeline({ ...parts, source: undefined });
  });
});
