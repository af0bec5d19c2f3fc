import { rmSync } from 'node:fs';
import { expect, it } from 'vitest';
import { emitDeclarations, unexportedTypes } from './publicTypes.ts';

it('the entry exports every type that a public declaration names: whoever writes a plug-in can name its parts', () => {
  const folder = emitDeclarations();
  try {
    expect(unexportedTypes(folder)).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
