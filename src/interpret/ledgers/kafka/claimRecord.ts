/**
 * A record about the claim to the call of a key. `id` is the new claim, `owner/number`; `over` the claim that it replaces,
 * because the owner of that one is gone. Without `id` it gives up the claim `over`.
 */
export interface ClaimRecord {
  readonly id?: string;
  readonly over?: string;
}

export const ownerOf = (id: string): string => id.slice(0, id.lastIndexOf('/'));

/**
 * The claim that holds after a record. All readers of a log come to the same result, because nothing but the log counts: the
 * first claim holds until it is given up, or replaced by its owner or by an instance that knew of it. An instance that claimed
 * without knowing of it has lost.
 */
export function claimAfter(holder: string | undefined, { id, over }: ClaimRecord): string | undefined {
  if (id === undefined) return holder === over ? undefined : holder;
  return holder === undefined || holder === over || ownerOf(holder) === ownerOf(id) ? id : holder;
}
