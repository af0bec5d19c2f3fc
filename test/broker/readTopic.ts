import type kafkajs from 'kafkajs';
import { readMessages } from '../rig/readMessages.ts';
import { client } from './kafka.ts';

type Message = kafkajs.KafkaMessage & { readonly partition: number };

/** Every committed message that the topic holds now. */
export async function readTopic(topic: string): Promise<Message[]> {
  const read: Message[] = [];
  await readMessages(client(), topic, (message, partition) => void read.push({ ...message, partition }));
  return read;
}
