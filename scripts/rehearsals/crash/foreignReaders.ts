import { execFile, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import avsc from 'avsc';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';

/** The whole records at the start of a file, and why it is not whole. */
export interface ForeignRead {
  readonly records: readonly Readonly<Record<string, unknown>>[];
  readonly error: string | null;
}

/** Readers of other projects. */
export interface ForeignReaders {
  /** Their names, for the result. */
  readonly names: readonly string[];
  readonly avro: (path: string) => Promise<ForeignRead>;
  readonly lines: (path: string) => Promise<ForeignRead>;
  readonly sqlite: (path: string) => Promise<ForeignRead>;
  readonly close: () => void;
}

const run = promisify(execFile);
const can = async (command: string, ...args: string[]): Promise<boolean> =>
  run(command, args).then(
    () => true,
    () => false,
  );

/**
 * fastavro and Python's SQLite, from the Python that SACCADE_PYTHON names, python3 or one that is set up in `folder`; and jq.
 * Where these are absent: avsc, and JSON.parse.
 */
export async function foreignReaders(folder: string, mayInstall: boolean): Promise<ForeignReaders> {
  const python = await pythonWithFastavro(folder, mayInstall);
  const jq = await can('jq', '--version');
  const asked = python === undefined ? undefined : askPython(python);
  return {
    names: [asked ? 'fastavro' : 'avsc', jq ? 'jq' : 'JSON.parse'],
    avro: async (path) => (asked ? asked.ask({ kind: 'avro', path }) : readWithAvsc(path)),
    lines: async (path) => (jq ? readWithJq(path) : readWithJson(path)),
    sqlite: async (path) => asked?.ask({ kind: 'sqlite', path }) ?? { records: [], error: null },
    close: () => asked?.close(),
  };
}

async function pythonWithFastavro(folder: string, mayInstall: boolean): Promise<string | undefined> {
  const named = process.env['SACCADE_PYTHON'];
  for (const python of named ? [named] : ['python3']) if (await can(python, '-c', 'import fastavro')) return python;
  const own = join(folder, 'python', 'bin', 'python');
  const isMade = mayInstall && (await can('python3', '-m', 'venv', join(folder, 'python')));
  return isMade && (await can(own, '-m', 'pip', 'install', '--quiet', 'fastavro==1.13.1')) ? own : undefined;
}

function askPython(python: string): { ask: (request: object) => Promise<ForeignRead>; close: () => void } {
  const child = spawn(python, [fileURLToPath(new URL('readFiles.py', import.meta.url))], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface(child.stdout);
  return {
    async ask(request) {
      const answered = once(lines, 'line');
      child.stdin.write(`${JSON.stringify(request)}\n`);
      return JSON.parse(((await answered) as [string])[0]) as ForeignRead;
    },
    close: () => void child.kill(),
  };
}

async function readWithAvsc(path: string): Promise<ForeignRead> {
  const records: Record<string, unknown>[] = [];
  return new Promise((resolve) => {
    avsc
      .createFileDecoder(path)
      // Plain values: avsc makes classes of its own for each file.
      .on('data', (record: object) => records.push(JSON.parse(JSON.stringify(record)) as Record<string, unknown>))
      .on('error', (error: Error) => resolve({ records, error: error.message }))
      .on('end', () => resolve({ records, error: null }));
  });
}

/** jq prints each value until one is broken. */
function readWithJq(path: string): Promise<ForeignRead> {
  return new Promise((resolve) => {
    execFile('jq', ['-c', '.', path], { maxBuffer: 2 ** 28 }, (error, stdout, stderr) => {
      const records = stdout
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Record<string, unknown>);
      resolve({ records, error: error ? stderr.trim() || error.message : null });
    });
  });
}

async function readWithJson(path: string): Promise<ForeignRead> {
  const records: Record<string, unknown>[] = [];
  for (const line of (await readFile(path, 'utf8')).split('\n').filter(Boolean)) {
    try {
      records.push(JSON.parse(line) as Record<string, unknown>);
    } catch (error) {
      return { records, error: String(error) };
    }
  }
  return { records, error: null };
}
