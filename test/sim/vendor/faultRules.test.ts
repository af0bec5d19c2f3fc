import { describe, expect, it } from 'vitest';
import { readOptions } from '../../../src/readOptions.ts';
import { type VendorOptions, vendorOptions } from '../../../src/sim/options/simulatorOptions.ts';
import { type ArrivedRequest, faultRules } from '../../../src/sim/vendor/faultRules.ts';

const request = (given: Partial<ArrivedRequest> = {}): ArrivedRequest => ({
  model: 'gpt-4o',
  key: 'one',
  imageSha256: 'ab',
  timesSeen: 1,
  nowMs: 0,
  ...given,
});
const rulesOf = (options: VendorOptions, seed = 1) => faultRules(readOptions('vendor', vendorOptions, options), seed);
const faults = (options: VendorOptions, requests: readonly ArrivedRequest[]): (string | undefined)[] => {
  const ruleFor = rulesOf(options);
  return requests.map((one) => ruleFor(one)?.fault);
};

describe('rules of faults', () => {
  it('are tried in order', () => {
    const options = { faults: [{ fault: 'reset', first: 1 }, { fault: 'overloaded' }] } satisfies VendorOptions;
    expect(faults(options, [request(), request()])).toEqual(['reset', 'overloaded']);
  });

  it('count the requests that fit their key and model', () => {
    const options = { faults: [{ fault: 'reset', key: 'two', attempts: [2] }] } satisfies VendorOptions;
    expect(faults(options, [request({ key: 'two' }), request(), request({ key: 'two' })])).toEqual([undefined, undefined, 'reset']);
  });

  it('count the requests of each image where they say so', () => {
    const options = { faults: [{ fault: 'reset', attempts: [2], counted: 'image' }] } satisfies VendorOptions;
    expect(faults(options, [request(), request({ timesSeen: 2 })])).toEqual([undefined, 'reset']);
  });

  it('hold for a time, once or repeatedly', () => {
    const once = { faults: [{ fault: 'reset', fromMs: 10, toMs: 20 }] } satisfies VendorOptions;
    const again = { faults: [{ fault: 'reset', fromMs: 10, toMs: 20, everyMs: 100 }] } satisfies VendorOptions;
    const times = [9, 10, 19, 20, 115].map((nowMs) => request({ nowMs }));
    expect(faults(once, times)).toEqual([undefined, 'reset', 'reset', undefined, undefined]);
    expect(faults(again, times)).toEqual([undefined, 'reset', 'reset', undefined, 'reset']);
  });

  it('of a model take the place of those of the vendor', () => {
    const options = { faults: [{ fault: 'reset' }], models: { mini: { faults: [] } } } satisfies VendorOptions;
    expect(faults(options, [request(), request({ model: 'mini' })])).toEqual(['reset', undefined]);
  });

  it('hold with their probability, the same for the same seed, image and number of tries', () => {
    const options = { faults: [{ fault: 'reset', probability: 0.25 }] } satisfies VendorOptions;
    const requests = Array.from({ length: 2000 }, (_, i) => request({ imageSha256: `image ${i}` }));
    const found = faults(options, requests);
    expect(found.filter((fault) => fault === 'reset').length / 2000).toBeCloseTo(0.25, 1);
    expect(faults(options, requests.toReversed()).toReversed()).toEqual(found);
  });
});
