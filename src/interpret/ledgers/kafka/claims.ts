/**
 * A claim in the log of its key. `id` is who claims it, `owner/number`; `over` the claim that it takes the place of, as
 * that one's owner is dead. Without `id` it gives up the claim `over`.
 */
export interface ClaimRecord {
  readonly id?: string;
  readonly over?: string;
}

export const ownerOf = (id: string): string => id.slice(0, id.lastIndexOf('/'));

/**
 * What a record makes of the claim to a key. All readers of a log come to the same, for nothing but the log counts: the
 * first claim holds until it is given up, or replaced by its owner or by one who knew of it. Whoever claimed without
 * knowing of it has lost.
 */
export function claimAfter(holder: string | undefined, { id, over }: ClaimRecord): string | undefined {
  if (id === undefined) return holder === over ? undefined : holder;
  return holder === undefined || holder === over || ownerOf(holder) === ownerOf(id) ? id : holder;
}
