import type { Part } from '../stage/item.ts';

/** Where pictures are kept beside the records. To add one, write a file in `frameStores/` with a function that returns this. */
export interface FrameStore extends Part {
  open?(): Promise<void>;
  /** The same store in another folder, under its own name; absent: it is in none. */
  into?(folder: string): FrameStore;
  /** Resolves with the path or address of the picture when it is safe. */
  keep(id: string, image: { readonly bytes: Uint8Array; readonly mediaType: string }): Promise<string>;
}
