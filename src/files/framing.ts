/** What begins at a byte of a file: a whole unit, too few bytes to tell, or something that is none. */
export type Found<Unit> = { readonly unit: Unit; readonly end: number } | 'incomplete' | { readonly damage: string };

/** How a file that only grows is laid out: a header, and units one after another, such as blocks or lines. */
export interface Framing<Unit> {
  readonly name: string;
  /** Bytes at the start of a new file. */
  header(): Uint8Array;
  /** By its first bytes: a file of this layout, one whose header was not finished, or something else, with the reason. */
  begins(head: Buffer, size: number): 'ours' | 'begun' | { readonly foreign: string };
  /** The unit that begins at `start`. */
  unitAt(bytes: Buffer, start: number): Found<Unit>;
  /** What makes the last bytes of a file a whole unit, where only that is missing. */
  missing?(rest: Buffer): Uint8Array | undefined;
  /** In the last bytes of a file: where the last whole unit ends; -1 where none does. */
  lastEnd(tail: Buffer): number;
  /**
   * Whether the bytes after the last whole unit are what a crash leaves of one write that was never acknowledged: fewer bytes
   * than it should have, or zeros of pages that were never written. Otherwise they are damaged.
   *
   * @param at where in the file they begin
   * @param isUnsynced whether it is known that nothing in them was ever acknowledged
   */
  isTorn(rest: Buffer, at: number, isUnsynced: boolean): boolean;
}
