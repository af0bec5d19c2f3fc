import { describe, expect, it } from 'vitest';
import type { FrameStore } from '../../src/publish/frameStore.ts';

export interface FrameStoreUnderTest {
  readonly store: FrameStore;
  /** The bytes of a picture, by what `keep` resolved with. */
  readonly read: (place: string) => Promise<Uint8Array>;
}

/** What every frame store keeps to. `start` begins a store of its own, which is not open. */
export function frameStoreContract(name: string, start: () => Promise<FrameStoreUnderTest>): void {
  const picture = (byte: number): { bytes: Uint8Array; mediaType: string } => ({
    bytes: Uint8Array.of(byte, 2, 3),
    mediaType: 'image/png',
  });

  describe(`${name}, as every frame store`, () => {
    it('has a name, and parameters that are JSON', async () => {
      const { name: word, params = {} } = (await start()).store;
      expect(word).toMatch(/^\w+$/);
      expect(JSON.parse(JSON.stringify(params))).toEqual(params);
    });

    it('keeps pictures that come at the same time, each in a place of its own, once it resolves', async () => {
      const { store, read } = await start();
      await store.open?.();
      const places = await Promise.all([0, 1, 2].map((byte) => store.keep(`id-${byte}`, picture(byte))));
      expect(new Set(places).size).toBe(3);
      for (const [byte, place] of places.entries()) expect([...(await read(place))]).toEqual([byte, 2, 3]);
    });

    it('keeps the picture of a window that is published again in the same place', async () => {
      const { store, read } = await start();
      await store.open?.();
      const before = await store.keep('id', picture(1));
      expect(await store.keep('id', picture(1))).toBe(before);
      expect([...(await read(before))]).toEqual([1, 2, 3]);
    });

    it('leaves the bytes as they are', async () => {
      const { store } = await start();
      await store.open?.();
      const { bytes, mediaType } = picture(7);
      await store.keep('id', { bytes, mediaType });
      expect([...bytes]).toEqual([7, 2, 3]);
    });
  });
}
