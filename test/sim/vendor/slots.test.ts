import { expect, it } from 'vitest';
import { slots } from '../../../src/sim/vendor/slots.ts';

it('serves so many at once, the others in the order of their arrival', async () => {
  const vendor = slots();
  const served: string[] = [];
  const call = async (name: string): Promise<void> => {
    await vendor.take(2);
    served.push(name);
  };
  const calls = ['a', 'b', 'c', 'd'].map(call);
  await Promise.resolve();
  expect([served, vendor.taken(), vendor.free(2), vendor.free(3)]).toEqual([['a', 'b'], 2, false, true]);
  vendor.release();
  await calls[2];
  expect([served, vendor.taken()]).toEqual([['a', 'b', 'c'], 2]);
  vendor.release();
  await calls[3];
  vendor.release();
  vendor.release();
  expect([served, vendor.taken()]).toEqual([['a', 'b', 'c', 'd'], 0]);
});
