/*
  The metadata of an offset commit: what is done of a partition at and above the committed position.

    metadata = base64( 'S' | version 1 (byte) | commit id (6 bytes) | kind (byte) | body )
    kind 0   : body = progress, see encodeProgress.ts
    kind 1   : body = offset (uvarint); the progress is the value of the record at that offset of the progress topic
*/
import { PipelineError } from '../../errors.ts';
import type { CommittedProgress } from './committedProgress.ts';
import { decodeProgress, encodeProgress } from './encodeProgress.ts';
import { putUnsigned, varintReader } from './varintReader.ts';

/** Distinguishes one commit from all others: 6 random bytes. */
export type CommitId = Uint8Array;

/** What the metadata of a commit says: the progress, or the offset at which the progress topic has it. */
export type CommitMetadata = { readonly id: CommitId } & (
  | { readonly progress: Omit<CommittedProgress, 'position'> }
  | { readonly progressAt: number }
);

const HEAD = [0x53, 1] as const;
const ID_BYTES = 6;

/** Metadata that holds the progress itself; undefined where it would be longer than `limit` characters. */
export function inlineMetadata(progress: CommittedProgress, id: CommitId, limit: number): string | undefined {
  const text = Buffer.concat([Buffer.from(HEAD), id, Buffer.from([0]), encodeProgress(progress)]).toString('base64');
  return text.length <= limit ? text : undefined;
}

/** Metadata that gives the offset at which the progress topic has the progress. */
export function pointerMetadata(progressAt: number, id: CommitId): string {
  const bytes: number[] = [];
  putUnsigned(bytes, progressAt);
  return Buffer.concat([Buffer.from(HEAD), id, Buffer.from([1, ...bytes])]).toString('base64');
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
  return bytes[bodyAt - 1] === 1 ? { id, progressAt: varintReader(body).unsigned() } : { id, progress: decodeProgress(body, position) };
}
