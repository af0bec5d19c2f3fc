import { execFile } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
export const projectRoot = fileURLToPath(new URL('../../', import.meta.url));

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line as a user does, in the project's folder. */
export const saccade = (args: readonly string[], options: { cwd?: string; env?: Record<string, string> } = {}): Promise<Outcome> =>
  new Promise((resolve) => {
    const env = { ...process.env, ...options.env };
    execFile(process.execPath, [main, ...args], { cwd: options.cwd ?? projectRoot, env, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : error ? 1 : 0, stdout, stderr });
    });
  });

/** A pipeline module in a folder of its own; `body` is put into definePipeline({...}). */
export async function pipelineModule(body: string, imports = ''): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'saccade-cli-'));
  const index = join(projectRoot, 'src/index.ts');
  const file = join(folder, 'pipeline.ts');
  const names = 'avroFile, definePipeline, envs, evt3, openai, polarity, recording, route, synthetic, tumbling';
  await writeFile(
    file,
    `import { ${names} } from ${JSON.stringify(index)};\n${imports}\nconst parts = { source: synthetic({ seconds: 1 }), window: tumbling({ everyMs: 33 }), renderer: polarity({ palette: 'dark' }), captioner: openai({ model: 'gpt-4o', keys: envs('SACCADE_TEST_KEY') }), sink: avroFile({ path: ${JSON.stringify(join(folder, 'c.avro'))} }), deadLetters: avroFile({ path: ${JSON.stringify(join(folder, 'd.avro'))}, schema: 'dead-letter' }) };\nvoid [evt3, recording, route, envs, openai];\nexport default definePipeline({ ...parts, ${body} } as never);\n`,
  );
  return file;
}
