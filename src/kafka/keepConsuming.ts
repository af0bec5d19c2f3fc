import { setTimeout as sleep } from 'node:timers/promises';
import type kafkajs from 'kafkajs';
import { isHopeless } from './hopeless.ts';

/**
 * Runs a consumer, and runs it again where kafkajs gives up for good on what a restarted broker said. Resolves when it
 * runs for the first time. `failed` is told when it has not come back for `giveUpAfterMs`, or never will.
 */
export async function keepConsuming(
  consumer: kafkajs.Consumer,
  config: kafkajs.ConsumerRunConfig,
  { giveUpAfterMs, failed }: { giveUpAfterMs: number; failed: (error: Error) => void },
): Promise<void> {
  let aliveAt = performance.now();
  consumer.on('consumer.heartbeat', () => void (aliveAt = performance.now()));
  consumer.on('consumer.group_join', () => void (aliveAt = performance.now()));

  const again = async (error: Error): Promise<void> => {
    for (let pauseMs = 200; ; pauseMs = Math.min(2 * pauseMs, 3000)) {
      if (isHopeless(error) || performance.now() - aliveAt > giveUpAfterMs) return failed(error);
      await sleep(pauseMs);
      try {
        await consumer.connect();
        await consumer.run(config);
        return;
      } catch (cause) {
        if (cause instanceof Error && isHopeless(cause)) return failed(cause);
      }
    }
  };
  consumer.on('consumer.crash', ({ payload: { error, restart } }) => {
    // After a crash kafkajs has stopped the consumer by itself.
    if (!restart) void again(error);
  });
  await consumer.run(config);
}
