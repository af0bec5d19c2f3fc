import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { definePipeline, known, memory, openai, polarity, runPipeline, synthetic, tumbling } from '../../src/index.ts';
import { startSimulator } from '../../src/sim/simulator.ts';

/*
  Started by test/egress/egress.test.ts inside a network namespace with nothing but loopback, on which 10.77.0.1 stands for the
  world outside. Prints what came of two runs as JSON.
*/
const OUTSIDE = '10.77.0.1';

let outsideCalls = 0;
const outside: Server = createServer((_, response) => response.end('{}')).on('connection', () => outsideCalls++);
await new Promise<void>((resolve) => outside.listen(0, OUTSIDE, resolve));
const outsideUrl = `http://${OUTSIDE}:${(outside.address() as AddressInfo).port}/v1`;
const simulator = await startSimulator();

const run = async (baseUrl: string | (() => Promise<string>), egress: readonly string[]): Promise<object> => {
  const [sink, deadLetters] = [memory(), memory()];
  try {
    const pipeline = definePipeline({
      source: synthetic({ seed: 1, seconds: 1, width: 64, height: 64 }),
      window: tumbling({ everyMs: 100 }),
      renderer: polarity(),
      quietBelow: 0,
      captioner: openai({ model: 'gpt-4o', keys: known('K', 'a-key'), baseUrl }),
      sink,
      deadLetters,
      workers: 0,
      egress,
    });
    await runPipeline(pipeline, new AbortController().signal);
    return { captions: sink.values.length, dead: deadLetters.values.length };
  } catch (error) {
    return { captions: sink.values.length, error: (error as Error).message };
  }
};

const inside = await run(`${simulator.url}/v1`, ['127.0.0.1']);
const refused = await run(async () => outsideUrl, ['127.0.0.1']);
const callsWhileGuarded = outsideCalls;
await fetch(outsideUrl);
console.log(JSON.stringify({ inside, refused, callsWhileGuarded, callsAfter: outsideCalls }));
outside.closeAllConnections();
outside.close();
await simulator.close();
