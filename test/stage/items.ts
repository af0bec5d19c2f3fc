import type { Item, Position } from '../../src/stage/item.ts';

export const position = (first = 0, end = first + 1): Position => ({ source: 'test', unit: 'packet', partition: 0, first, end });

/** An item that counts its acks. */
export const countedItem = <Extra extends object>(extra: Extra, sensor = 'cam'): Item & Extra & { readonly acks: () => number } => {
  let acks = 0;
  return { sensor, position: position(), ack: () => void acks++, acks: () => acks, ...extra };
};
