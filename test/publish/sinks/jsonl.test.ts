import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { jsonl } from '../../../src/publish/sinks/jsonl.ts';
import { position } from '../../stage/items.ts';
import { readLines } from '../fileKinds.ts';
import { fileSinkContract } from '../sink.contract.ts';

describe('jsonl', () => {
  it('writes the payload of a dead letter as base64', async () => {
    const path = join(await mkdtemp(join(tmpdir(), 'saccade-jsonl-')), 'dead.jsonl');
    const sink = jsonl<{ payload: Buffer }>({ path });
    await sink.open?.();
    await sink.write({ payload: Buffer.from('EVT3') }, position());
    await sink.close?.();
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({ payload: 'RVZUMw==' });
  });
});

fileSinkContract('jsonl', (path) => jsonl({ path }), readLines);
