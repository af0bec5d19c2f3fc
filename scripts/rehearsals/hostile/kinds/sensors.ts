import { type HostileCase, moduleCommand } from '../hostileCase.ts';

/** A pipeline over packets of many names, and what is left of it at the end. */
const pipelineOf = (packets: string, more = ''): string => `
  import { definePipeline, tumbling, polarity, motion } from 'src/index.ts';
  import { runPipeline } from 'src/runPipeline.ts';
  import { watchMetrics } from 'src/watch/watchMetrics.ts';
  import { watchSummary } from 'src/watch/watchSummary.ts';
  const eventAt = (t) => { const bytes = Buffer.alloc(8); bytes.writeUInt32LE(7, 0); bytes.writeInt32LE(t, 4); return bytes; };
  let acked = 0, read = 0;
  const packet = (sensor, seq, bytes) => ({ sensor, seq, bytes, encoding: 'libcaer', width: 64, height: 48, timeBaseNs: 0n, capturedAtUs: 0,
    ack: () => acked++, position: { source: 'x', unit: 'packet', partition: 0, first: read++, end: read } });
  const source = { name: 'x', params: {}, async *packets() { ${packets} } };
  const sink = (name) => ({ name, params: {}, write: async () => {}, has: () => false });
  const metrics = watchMetrics();
  const summary = watchSummary();
  const pipeline = definePipeline({ source, window: tumbling({ everyMs: 10 }), renderer: polarity({}), captioner: motion(), sink: sink('a'), deadLetters: sink('b'), ${more} });
  await runPipeline(pipeline, new AbortController().signal);
  const { windows, captioned, quiet, deadLettered } = summary.read();
  const text = await metrics.registry.metrics();
  const isWhole = windows === captioned + quiet + deadLettered && acked === read;
  console.log(isWhole ? 'whole' : 'not whole', windows + ' windows of ' + read + ' packets, scrape ' + (text.length < 100000 ? 'small' : text.length));`;

/** Who sends the packets chooses the names of sensors, how many there are, and when their windows end. */
export const cases: readonly HostileCase[] = [
  {
    name: '20,000 sensors with one event each',
    prepare: async () => moduleCommand(pipelineOf(`for (let i = 0; i < 20000; i++) yield packet('s' + i, 0, eventAt(i));`)),
    exitCode: 0,
    message: /whole 20000 windows of 20000 packets, scrape small/,
  },
  {
    name: '60 names of 1 MB with control characters',
    prepare: async () =>
      moduleCommand(pipelineOf(`for (let i = 0; i < 60; i++) yield packet('\\u001b\\u202e\\0' + 'x'.repeat(1000000) + i, 0, eventAt(i));`)),
    exitCode: 0,
    message: /whole 60 windows of 60 packets, scrape small/,
  },
  {
    name: 'one window that never ends, of 100,000 packets with one event each',
    prepare: async () => moduleCommand(pipelineOf(`for (let i = 0; i < 100000; i++) yield packet('cam', i, eventAt(5));`)),
    exitCode: 0,
    message: /whole \d+ windows of 100000 packets, scrape small/,
  },
];
