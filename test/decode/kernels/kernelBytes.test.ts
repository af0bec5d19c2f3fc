import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { buildKernels } from '../../../kernels/build.ts';

it('the kernels that are kept are what their sources build', async () => {
  const kept = readFileSync(new URL('../../../src/decode/kernels/kernelBytes.ts', import.meta.url), 'utf8');
  expect((await buildKernels()).replaceAll(/\s+/g, ' ')).toBe(kept.replaceAll(/\s+/g, ' '));
}, 120_000);
