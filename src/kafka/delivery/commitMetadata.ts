/*
  The metadata of an offset commit: what is done of a partition at and above the committed position.

    metadata = base64( 'S' | version 1 (byte) | commit id (6 bytes) | kind (byte) | body ), topic?
    topic    = '=' unless the base64 ends with one | id of the topic (22 characters)
    kind 0   : body = progress, see encodeProgress.ts
    kind 1   : body = offset (uvarint); the progress is the value of the record at that offset of the progress topic

  A reader of base64 ends at the first '=': versions of Saccade that know no topic ids read the rest.
*/
import { PipelineError } from '../../errors.ts';
import type { CommittedProgress } from './committedProgress.ts';
import { decodeProgress, encodeProgress } from './encodeProgress.ts';
import { putUnsigned, varintReader } from './varintReader.ts';

/** Distinguishes one commit from all others: 6 random bytes. */
export type CommitId = Uint8Array;

/** What the metadata of a commit says: the progress, or the offset at which the progress topic has it. */
export type CommitMetadata = { readonly id: CommitId; readonly topicId?: string } & (
  | { readonly progress: Omit<CommittedProgress, 'position'> }
  | { readonly progressAt: number }
);

const HEAD = [0x53, 1] as const;
const ID_BYTES = 6;

/** Metadata that holds the progress itself; undefined where it would be longer than `limit` characters. */
export function inlineMetadata(progress: CommittedProgress, id: CommitId, limit: number): string | undefined {
  const text = textOf(Buffer.concat([Buffer.from(HEAD), id, Buffer.from([0]), encodeProgress(progress)]), progress.topicId);
  return text.length <= limit ? text : undefined;
}

/** Metadata that gives the offset at which the progress topic has the progress. */
export function pointerMetadata(progressAt: number, id: CommitId, topicId?: string): string {
  const bytes: number[] = [];
  putUnsigned(bytes, progressAt);
  return textOf(Buffer.concat([Buffer.from(HEAD), id, Buffer.from([1, ...bytes])]), topicId);
}

function textOf(bytes: Buffer, topicId: string | undefined): string {
  const text = bytes.toString('base64');
  return topicId ? `${text}${text.endsWith('=') ? '' : '='}${topicId}` : text;
}

/** Reads what `inlineMetadata` or `pointerMetadata` wrote. Throws CONFIG_INVALID for what another program wrote. */
export function readMetadata(text: string, position: number): CommitMetadata {
  const bytes = Buffer.from(text, 'base64');
  const bodyAt = HEAD.length + ID_BYTES + 1;
  if (bytes[0] !== HEAD[0] || bytes[1] !== HEAD[1] || bytes.length <= bodyAt) {
    throw new PipelineError(
      'CONFIG_INVALID',
      `the group's commit has metadata that Saccade did not write ('${text.slice(0, 16)}'); give this pipeline a groupId of its own`,
    );
  }
  const id = bytes.subarray(HEAD.length, HEAD.length + ID_BYTES);
  const body = bytes.subarray(bodyAt);
  const topicId = /=([\w-]{22})$/.exec(text)?.[1];
  const head = { id, ...(topicId && { topicId }) };
  return bytes[bodyAt - 1] === 1
    ? { ...head, progressAt: varintReader(body).unsigned() }
    : { ...head, progress: decodeProgress(body, position) };
}
