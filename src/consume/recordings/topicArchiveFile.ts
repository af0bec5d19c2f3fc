import { containerFile } from '../../avro/containerFile.ts';

/** A message of a topic, as it was. */
export interface ArchivedMessage {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly timestampMs: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, Buffer>>;
}

const SCHEMA = JSON.stringify({
  type: 'record',
  name: 'ArchivedMessage',
  namespace: 'saccade',
  fields: [
    { name: 'topic', type: 'string' },
    { name: 'partition', type: 'int' },
    { name: 'offset', type: 'long' },
    { name: 'timestampMs', type: 'long' },
    { name: 'key', type: ['null', 'bytes'] },
    { name: 'value', type: ['null', 'bytes'] },
    { name: 'headers', type: { type: 'map', values: 'bytes' } },
  ],
});

/** The format of an archive of a topic: an Avro object container file, which any Avro reader opens. */
export const topicArchiveFile = containerFile<ArchivedMessage>(SCHEMA, 1);
