import type { FrameStore } from 'saccade';

/** A frame store: pictures in memory. */
export const pictureMap = (): FrameStore & { readonly pictures: ReadonlyMap<string, Uint8Array> } => {
  const pictures = new Map<string, Uint8Array>();
  return {
    name: 'pictureMap',
    params: {},
    pictures,
    async keep(id, { bytes }) {
      pictures.set(id, bytes);
      return `memory:${id}`;
    },
  };
};
