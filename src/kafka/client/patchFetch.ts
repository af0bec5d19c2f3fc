import { createRequire } from 'node:module';
import { type KafkajsDecoders, decodeMessages } from './decodeMessages.ts';
import { type KafkajsDecoder, decodeRecord } from './decodeRecord.ts';

let isPatched = false;

/** Puts our readers of fetched messages in the place of kafkajs's own, which trust what they read. Before the first fetch. */
export function patchFetch(): void {
  if (isPatched) return;
  isPatched = true;
  const require = createRequire(import.meta.url);
  const path = (file: string): string => require.resolve(`kafkajs/src/protocol/${file}`);
  const replace = (file: string, exports: unknown): void => {
    require(path(file));
    require.cache[path(file)]!.exports = exports;
  };
  // Each takes what it needs when it is loaded: the inner one is replaced first.
  replace('recordBatch/record/v0/decoder', decodeRecord);
  const Decoder = require(path('decoder')) as new (bytes: Buffer) => KafkajsDecoder;
  const kafkajs: KafkajsDecoders = {
    makeDecoder: (bytes) => new Decoder(bytes),
    decodeBatch: require(path('recordBatch/v0/decoder')) as KafkajsDecoders['decodeBatch'],
    decodeOldMessages: require(path('messageSet/decoder')) as KafkajsDecoders['decodeOldMessages'],
  };
  replace('requests/fetch/v4/decodeMessages', (decoder: KafkajsDecoder) => decodeMessages(decoder, kafkajs));
}
